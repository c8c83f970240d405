import { z } from "zod";
import { toLocalPath } from "#lib/domain/access/local-path.ts";
import { runSignInRoute, withCookies } from "#lib/server/access/run-sign-in.ts";
import { readBody } from "#lib/server/run-route.ts";
import { signInWithPassword } from "#lib/services/sign-in/sign-in-with-password.ts";

const Body = z.object({
  email: z.string().max(500),
  password: z.string().max(500),
  next: z.string().max(2000).nullish(),
});

export function POST(request: Request): Promise<Response> {
  return runSignInRoute(request, async (ctx, visitor) => {
    const { email, password, next } = await readBody(request, Body);
    const { cookies } = await signInWithPassword(ctx, { email, password, visitor });
    return withCookies(Response.json({ next: toLocalPath(next) }), cookies);
  });
}
