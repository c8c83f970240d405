import "server-only";
import { readVisitor } from "#lib/server/peer-address.ts";
import { runOpenRoute } from "#lib/server/run-route.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Visitor } from "#lib/services/ports/people.ts";
import { strangerPrincipal } from "./principal.ts";

/** Answers a request of somebody who signs in or out: of whoever has signed in already, else of a stranger. */
export function runSignInRoute(
  request: Request,
  handle: (ctx: Context, visitor: Visitor) => Promise<Response>,
): Promise<Response> {
  return runOpenRoute(request, async ({ env, contextFor, authenticate }, requestId) => {
    // Whoever has no session, or one that is of no use, is here to get another.
    const principal = await authenticate(request.headers).catch(() => null);
    const ctx = contextFor(principal ?? strangerPrincipal("unknown"), requestId);
    return handle(ctx, readVisitor(request.headers, env.trustedProxies));
  });
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
