import { runRoute } from "#lib/server/run-route.ts";
import { getRuntime } from "#lib/server/runtime.ts";

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { metrics } = await getRuntime();
    return new Response(await metrics.render(ctx), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  });
}
