import { acceptsGzip } from "#lib/server/lock-rows-body.ts";
import { getLockStream } from "#lib/server/lock-stream.ts";
import { runRoute } from "#lib/server/run-route.ts";

/** Every row of the list: what a page shows, and what the events that follow build on. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async () => {
    const body = await (await getLockStream()).readRows();
    const etag = `W/"${body.version}"`;
    const headers = { etag, "cache-control": "private, no-cache", vary: "accept-encoding" };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const type = { ...headers, "content-type": "application/json" };
    if (!acceptsGzip(request.headers.get("accept-encoding"))) return new Response(body.plain(), { headers: type });
    return new Response(await body.gzipped(), { headers: { ...type, "content-encoding": "gzip" } });
  });
}
