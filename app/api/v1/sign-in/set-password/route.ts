import { z } from "zod";
import { runSignInRoute } from "#lib/server/access/run-sign-in.ts";
import { readBody } from "#lib/server/run-route.ts";
import { setPasswordByLink } from "#lib/services/people/set-password-by-link.ts";

const Body = z.object({
  secret: z.string().max(200),
  email: z.string().max(500).nullish(),
  password: z.string().max(500),
});

export function POST(request: Request): Promise<Response> {
  return runSignInRoute(request, async (ctx, visitor) => {
    const { secret, email = null, password } = await readBody(request, Body);
    return Response.json(await setPasswordByLink(ctx, { secret, email, password, visitor }));
  });
}
