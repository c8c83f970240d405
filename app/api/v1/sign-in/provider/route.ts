import { z } from "zod";
import { runSignInRoute, withCookies } from "#lib/server/access/run-sign-in.ts";
import { readBody } from "#lib/server/run-route.ts";
import { beginProviderSignIn } from "#lib/services/sign-in/begin-provider-sign-in.ts";

const Body = z.object({ next: z.string().max(2000).nullish(), again: z.boolean().default(false) });

export function POST(request: Request): Promise<Response> {
  return runSignInRoute(request, async (ctx, visitor) => {
    const { next = null, again } = await readBody(request, Body);
    const { url, cookies } = await beginProviderSignIn(ctx, { next, isAgain: again, visitor });
    return withCookies(Response.json({ url }), cookies);
  });
}
