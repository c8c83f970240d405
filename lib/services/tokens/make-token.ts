import { canLend, formatToken, TOKENS_MAX, tokenExpiry } from "#lib/domain/access/token.ts";
import type { MadeToken } from "#lib/domain/access/token-view.ts";
import { requireFreshSignIn } from "#lib/services/access/fresh-sign-in.ts";
import { requireAnywhere } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime, recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { StoredToken } from "#lib/services/ports/people.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { type ParsedTokenRequest, parseTokenRequest, type TokenRequest } from "./parse-token-request.ts";
import { requireInPerson } from "./require-in-person.ts";
import { viewToken } from "./token-views.ts";

/**
 * Makes a token of whoever asks, and answers its secret, which is kept nowhere. Throws AppError `invalid`, in local mode too,
 * `refused` for who may not make one, as no token may, `sign_in_again`, or `unavailable`.
 */
export async function makeToken(ctx: Context, input: TokenRequest): Promise<MadeToken> {
  // A token is refused here, on the trail.
  await requireAnywhere(ctx, "tokens.make");
  const { name: ownerName, ...owner } = requireInPerson(ctx);
  requireFreshSignIn(ctx);
  const request = parseTokenRequest(input);
  refuseUnlessLent(ctx, request);
  const own = await answerInTime(ctx, ctx.tokens.list(owner));
  if (own.length >= TOKENS_MAX) {
    const hint = "Nothing was made. Revoke those that nobody uses.";
    throw new AppError(`You have ${own.length} tokens, and cannot have more.`, { code: "invalid", hint });
  }
  const secret = ctx.newSecret();
  const madeAtMs = ctx.now();
  const token: StoredToken = {
    id: ctx.newId(),
    secretHash: ctx.sha256(secret),
    name: request.name,
    owner,
    ownerName,
    limit: request.limit,
    madeAtMs,
    expiresAtMs: tokenExpiry(madeAtMs, request.days),
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
  await recordInTime(ctx, () => ctx.tokens.record(token, describeMade(ctx, token)));
  return { token: viewToken(ctx, token), secret: formatToken({ id: token.id, secret }) };
}

function refuseUnlessLent(ctx: Context, { limit }: ParsedTokenRequest): void {
  const missing = limit.roles.find((role) => !canLend(ctx.access, role));
  if (missing === undefined) return;
  throw new AppError(`You cannot give a token the role ${missing}: you do not have all that it allows yourself.`, {
    code: "refused",
    hint: "Nothing was made. Choose a role that you have.",
  });
}

function describeMade(ctx: Context, { id, name, limit, madeAtMs, expiresAtMs }: StoredToken): AuditEntry {
  const expiresAt = new Date(expiresAtMs).toISOString();
  return {
    action: "token.made",
    actor: ctx.actor,
    atMs: madeAtMs,
    requestId: ctx.requestId,
    unlockId: null,
    details: { tokenId: id, name, roles: limit.roles, scope: limit.scope, expiresAt },
  };
}
