import { runRoute } from "#lib/server/run-route.ts";
import { getRuntime } from "#lib/server/runtime.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    await requireEverywhere(ctx, "locks.view");
    const { metrics } = await getRuntime();
    return new Response(await metrics.render(ctx), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  });
}
