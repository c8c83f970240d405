import { runRoute } from "#lib/server/run-route.ts";
import { revokeToken } from "#lib/services/tokens/revoke-token.ts";

export function DELETE(request: Request, { params }: RouteContext<"/api/v1/tokens/[id]">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    await revokeToken(ctx, { id: (await params).id });
    return new Response(null, { status: 204 });
  });
}
