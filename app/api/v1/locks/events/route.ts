import { watchAccess } from "#lib/server/access/watch-access.ts";
import { getLockStream } from "#lib/server/lock-stream.ts";
import { runRoute } from "#lib/server/run-route.ts";
import { isDraining } from "#lib/server/running-work.ts";
import { getRuntime } from "#lib/server/runtime.ts";
import { AppError } from "#lib/services/errors.ts";

/** What changes in the list, as server-sent events; `?since=` or `Last-Event-ID` names the version to go on from. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    if (isDraining()) {
      throw new AppError("This server is being replaced.", { code: "unavailable", hint: "Connect again in a moment." });
    }
    const since = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("since");
    const { authenticate } = await getRuntime();
    const ended = watchAccess({ headers: request.headers, ctx, authenticate, signal: request.signal });
    const stream = await getLockStream(ctx).open(since, AbortSignal.any([request.signal, ended]));
    return new Response(stream, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        // Without it a proxy, and Next's own compression, would gather events instead of passing them on.
        "cache-control": "private, no-cache, no-transform",
        "x-accel-buffering": "no",
      },
    });
  });
}
