import { parseLockQuery } from "#lib/server/lock-query.ts";
import { runRoute } from "#lib/server/run-route.ts";
import { listLocks } from "#lib/services/locks/list-locks.ts";

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const answer = await listLocks(ctx, parseLockQuery(new URL(request.url).searchParams));
    const etag = `W/"${ctx.sha256(JSON.stringify({ ...answer, asOf: null, locks: answer.locks.map((lock) => ({ ...lock, ageMs: 0 })) }))}"`;
    const headers = { etag, "cache-control": "private, no-cache" };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    return Response.json(answer, { headers });
  });
}
