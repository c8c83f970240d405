import { type ApiToken, isUseWorthNoting, parseToken, tokenStatus } from "#lib/domain/access/token.ts";
import { isSameInConstantTime } from "#lib/domain/constant-time.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

export type TokenReader = Pick<Context, "log" | "now" | "sha256" | "storeAnswerMsMax" | "tokens">;

/** A token that was shown and is good: what its owner may do now is for the caller to ask. */
export type ReadToken = Pick<ApiToken, "owner" | "ownerName" | "name" | "limit"> & { readonly tokenId: string };

/**
 * Whose token a text is. Null for one that is none, is not known, has another secret, expired or was revoked: which of these
 * is told to the log and to nobody else. Throws AppError `unavailable`.
 */
export async function readToken(ctx: TokenReader, bearer: string): Promise<ReadToken | null> {
  const parts = parseToken(bearer);
  if (parts === null) return null;
  const token = await answerInTime(ctx, ctx.tokens.find(parts.id));
  const isRight = isSameInConstantTime(ctx.sha256(parts.secret), token?.secretHash ?? "");
  if (token === null) return null;
  const { id: tokenId, owner, ownerName, name, limit } = token;
  const status = isRight ? tokenStatus(token, ctx.now()) : "wrong_secret";
  if (status !== "active") {
    ctx.log.warn({ tokenId, status }, "a token was refused");
    return null;
  }
  await noteUse(ctx, token);
  return { tokenId, owner, ownerName, name, limit };
}

/** For people to read: that it could not be written keeps no script from reading. */
async function noteUse(ctx: TokenReader, token: ApiToken): Promise<void> {
  const atMs = ctx.now();
  if (!isUseWorthNoting(token, atMs)) return;
  try {
    await answerInTime(ctx, ctx.tokens.noteUse({ id: token.id, atMs }));
  } catch (failure) {
    ctx.log.warn({ cause: String(failure), tokenId: token.id }, "could not note the use of a token");
  }
}
