import { runRoute } from "#lib/server/run-route.ts";
import { requireAnywhere } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";

/** The newest signed checkpoint of the trail, as a C2SP signed note. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    await requireAnywhere(ctx, "audit.read");
    const latest = await ctx.checkpoints.findLatest();
    if (latest === null) {
      const hint = "The first one is signed within a minute of the first event.";
      throw new AppError("There is no checkpoint of the audit trail yet.", { code: "not_found", hint });
    }
    return new Response(latest.note, { headers: { "content-type": "text/plain; charset=utf-8" } });
  });
}
