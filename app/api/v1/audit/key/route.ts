import { runRoute } from "#lib/server/run-route.ts";

/** The public keys that verify the audit trail, oldest first, one a line. */
export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const keys = await ctx.audit.listPublicKeys();
    return new Response(keys.map((key) => `${key}\n`).join(""), {
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  });
}
