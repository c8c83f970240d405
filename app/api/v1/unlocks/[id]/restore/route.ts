import { z } from "zod";
import { answerRestore } from "#lib/server/restore-answer.ts";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { runRestore } from "#lib/server/running-restores.ts";

const RestoreBody = z.object({ reason: z.string() });

export function POST(request: Request, { params }: RouteContext<"/api/v1/unlocks/[id]/restore">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { reason } = await readBody(request, RestoreBody);
    const idempotencyKey = request.headers.get("idempotency-key") ?? "";
    const restore = await runRestore(ctx, { unlockId: (await params).id, reason, idempotencyKey });
    return answerRestore(restore, ctx.requestId);
  });
}
