import { runRoute } from "#lib/server/run-route.ts";
import { endOwnSession } from "#lib/services/people/own-sessions.ts";

export function DELETE(request: Request, { params }: RouteContext<"/api/v1/sessions/[id]">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    await endOwnSession(ctx, (await params).id);
    return new Response(null, { status: 204 });
  });
}
