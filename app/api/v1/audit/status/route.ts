import { runRoute } from "#lib/server/run-route.ts";
import { describeTrail } from "#lib/services/audit/describe-trail.ts";

/** Whether the trail is whole up to now, and how much of it is signed. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => Response.json(await describeTrail(ctx)));
}
