import { z } from "zod";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { runToEnd } from "#lib/server/running-work.ts";
import { reviewBreakGlass } from "#lib/services/unlocks/break-glass.ts";

const ReviewBody = z.object({ comment: z.string() });

export function POST(request: Request, { params }: RouteContext<"/api/v1/unlocks/[id]/review">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { id: unlockId } = await params;
    const { comment } = await readBody(request, ReviewBody);
    return Response.json(await runToEnd(() => reviewBreakGlass(ctx, { unlockId, comment })));
  });
}
