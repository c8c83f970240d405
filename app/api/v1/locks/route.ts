import { parseLockQuery } from "#lib/server/lock-query.ts";
import { runRoute } from "#lib/server/run-route.ts";
import { listLocks } from "#lib/services/locks/list-locks.ts";
import { nameContentOfList, writeLockList } from "#lib/services/locks/write-lock-list.ts";

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const list = await listLocks(ctx, parseLockQuery(new URL(request.url).searchParams));
    const etag = `W/"${ctx.sha256(nameContentOfList(list))}"`;
    const headers = { etag, "cache-control": "private, no-cache", "content-type": "application/json" };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    return new Response(writeLockList(list), { headers });
  });
}
