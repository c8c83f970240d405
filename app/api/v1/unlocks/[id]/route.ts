import { runRoute } from "#lib/server/run-route.ts";
import { getUnlock } from "#lib/services/unlocks/list-unlocks.ts";

export function GET(request: Request, { params }: RouteContext<"/api/v1/unlocks/[id]">): Promise<Response> {
  return runRoute(request, async (ctx) => Response.json(await getUnlock(ctx, (await params).id)));
}
