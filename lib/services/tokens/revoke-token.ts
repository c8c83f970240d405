import { isTokenId } from "#lib/domain/access/token.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime, recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { requireInPerson } from "./require-in-person.ts";
import { isOwner } from "./token-views.ts";

/**
 * Ends a token from its next request on; one that ended before stays so. Throws AppError `not_found`, `invalid` in local mode, and
 * `refused` for another's token, unless who asks manages people.
 */
export async function revokeToken(ctx: Context, { id }: { id: string }): Promise<void> {
  requireInPerson(ctx);
  const token = isTokenId(id) ? await answerInTime(ctx, ctx.tokens.find(id)) : null;
  if (token === null) {
    throw new AppError("There is no such token.", { code: "not_found", hint: "GET /api/v1/tokens lists yours." });
  }
  if (!isOwner(ctx, token.owner)) await requireEverywhere(ctx, "people.manage");
  const atMs = ctx.now();
  const { name, owner, ownerName } = token;
  const entry = {
    action: "token.revoked",
    actor: ctx.actor,
    atMs,
    requestId: ctx.requestId,
    unlockId: null,
    details: { tokenId: id, name, owner: { ...owner, name: ownerName } },
  } as const;
  await recordInTime(ctx, () => ctx.tokens.revoke({ id, atMs, entry }));
}
