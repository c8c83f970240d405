import { runRoute } from "#lib/server/run-route.ts";
import { getRuntime } from "#lib/server/runtime.ts";

/** Ready when the database answers and its migrations are in. AWS is not asked: one account's failure is not ours. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async () => {
    const { database } = await getRuntime();
    await database.check();
    return Response.json({ status: "ready" });
  });
}
