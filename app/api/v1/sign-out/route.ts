import { runSignInRoute, withCookies } from "#lib/server/access/run-sign-in.ts";
import { signOut } from "#lib/services/sign-in/sign-out.ts";

export function POST(request: Request): Promise<Response> {
  return runSignInRoute(request, async (ctx, { cookie }) => {
    const { cookies, providerUrl } = await signOut(ctx, { cookie });
    return withCookies(Response.json({ url: providerUrl ?? "/sign-in" }), cookies);
  });
}
