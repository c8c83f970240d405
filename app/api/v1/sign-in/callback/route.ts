import { runSignInRoute, withCookies } from "#lib/server/access/run-sign-in.ts";
import { signInPath } from "#lib/server/access/sign-in-path.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Visitor } from "#lib/services/ports/people.ts";
import { finishProviderSignIn } from "#lib/services/sign-in/finish-provider-sign-in.ts";

/** Where the provider sends browsers back to: they go on to where they wanted to go, or to the sign-in page, which says why not. */
export function GET(request: Request): Promise<Response> {
  return runSignInRoute(request, async (ctx, visitor) => {
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const finished = await finish(ctx, query, visitor);
    if (finished.verdict === "signed_in") return withCookies(redirectTo(finished.next), finished.cookies);
    return redirectTo(signInPath({ next: null, problem: finished.problem }));
  });
}

async function finish(ctx: Context, query: Readonly<Record<string, string>>, visitor: Visitor) {
  try {
    return await finishProviderSignIn(ctx, { query, visitor });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "unavailable") throw error;
    ctx.log.error({ cause: String(error.cause ?? error) }, error.message);
    return { verdict: "refused", problem: "unavailable" } as const;
  }
}

function redirectTo(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}
