import { ulid } from "ulid";
import { systemPrincipal } from "#lib/server/access/principal.ts";
import { runProbe } from "#lib/server/run-route.ts";
import { isDraining } from "#lib/server/running-work.ts";
import { checkTrail } from "#lib/services/audit/check-trail.ts";

/**
 * Ready when the database answers, its migrations are in, and the trail can be appended to. AWS is not asked: one account's
 * failure is not ours. What is wrong with the trail itself is told and does not take the service away.
 */
export function GET(request: Request): Promise<Response> {
  return runProbe(request, async ({ database, contextFor }) => {
    if (isDraining()) return Response.json({ status: "draining" }, { status: 503 });
    await database.check();
    const ctx = contextFor(systemPrincipal("auditor"), ulid());
    return Response.json({ status: "ready", audit: (await checkTrail(ctx)) ?? "ok" });
  });
}
