import { z } from "zod";
import { parseInput, readBody, runRoute } from "#lib/server/run-route.ts";
import { listTokens } from "#lib/services/tokens/list-tokens.ts";
import { makeToken } from "#lib/services/tokens/make-token.ts";

const TokensQuery = z.object({ of: z.enum(["me", "everybody"]).default("me") });

/** Whoever asks is the owner: a body that names one is refused. */
const TokenBody = z.strictObject({
  name: z.string(),
  expiresInDays: z.number(),
  roles: z.array(z.string()),
  accounts: z.array(z.string()).optional(),
  buckets: z.array(z.string()).optional(),
  statePaths: z.array(z.string()).optional(),
});

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const query = parseInput(Object.fromEntries(new URL(request.url).searchParams), TokensQuery);
    return Response.json({ tokens: await listTokens(ctx, query) });
  });
}

export function POST(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) =>
    Response.json(await makeToken(ctx, await readBody(request, TokenBody)), { status: 201 }),
  );
}
