import { runRoute } from "#lib/server/run-route.ts";
import { isDraining } from "#lib/server/running-work.ts";
import { getRuntime } from "#lib/server/runtime.ts";
import { checkTrail } from "#lib/services/audit/check-trail.ts";

/**
 * Ready when the database answers, its migrations are in, and the trail can be appended to. AWS is not asked: one account's
 * failure is not ours. What is wrong with the trail itself is told and does not take the service away.
 */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    if (isDraining()) return Response.json({ status: "draining" }, { status: 503 });
    const { database } = await getRuntime();
    await database.check();
    return Response.json({ status: "ready", audit: (await checkTrail(ctx)) ?? "ok" });
  });
}
