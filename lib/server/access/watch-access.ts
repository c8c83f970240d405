import { viewKey } from "#lib/domain/access/access.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Authenticate } from "./principal.ts";

const EVERY_MS = 15_000;

type Watch = {
  readonly headers: Pick<Headers, "get">;
  readonly ctx: Pick<Context, "access" | "signIn">;
  readonly authenticate: Authenticate;
  /** Aborted when nobody listens any more. */
  readonly signal: AbortSignal;
  readonly everyMs?: number;
};

/**
 * A signal that is aborted once whoever opened a stream has signed out, lost their session or sees something else by now: what
 * was allowed when a stream began must not go on for as long as it is open. Where that cannot be told, it ends too.
 */
export function watchAccess({ headers, ctx, authenticate, signal, everyMs = EVERY_MS }: Watch): AbortSignal {
  const ended = new AbortController();
  if (ctx.signIn.kind === "local") return ended.signal;
  const key = viewKey(ctx.access);
  const timer = setInterval(() => {
    authenticate(headers).then(
      (principal) => {
        if (principal === null || viewKey(principal.access) !== key) ended.abort();
      },
      () => ended.abort(),
    );
  }, everyMs);
  timer.unref();
  for (const end of [ended.signal, signal]) end.addEventListener("abort", () => clearInterval(timer), { once: true });
  if (signal.aborted) clearInterval(timer);
  return ended.signal;
}
