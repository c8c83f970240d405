import { GZIP_TYPE, wantsGzip } from "#lib/server/lock-rows-body.ts";
import { getLockStream } from "#lib/server/lock-stream.ts";
import { runRoute } from "#lib/server/run-route.ts";

/** Every row of the list: what a page shows, and what the events that follow build on. As JSON, or as gzip of it. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const body = await getLockStream(ctx).readRows();
    const etag = `W/"${body.version}"`;
    const headers = { etag, "cache-control": "private, no-cache", vary: "accept" };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    const isGzip = wantsGzip(request.headers.get("accept"));
    return new Response(isGzip ? await body.gzipped() : body.plain(), {
      headers: { ...headers, "content-type": isGzip ? GZIP_TYPE : "application/json" },
    });
  });
}
