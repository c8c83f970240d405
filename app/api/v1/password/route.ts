import { z } from "zod";
import { runSignInRoute } from "#lib/server/access/run-sign-in.ts";
import { readBody } from "#lib/server/run-route.ts";
import { changeOwnPassword } from "#lib/services/people/change-own-password.ts";

const Body = z.object({ password: z.string().max(500), newPassword: z.string().max(500) });

export function POST(request: Request): Promise<Response> {
  return runSignInRoute(request, async (ctx, visitor) => {
    const { password, newPassword } = await readBody(request, Body);
    await changeOwnPassword(ctx, { password, newPassword, visitor });
    return Response.json({ changed: true });
  });
}
