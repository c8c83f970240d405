import { type ApiToken, tokenStatus } from "#lib/domain/access/token.ts";
import type { TokenView } from "#lib/domain/access/token-view.ts";
import { type Identity, identityOf } from "#lib/domain/actor.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** A token that was not revoked, for whoever may see it. */
export function viewToken(ctx: Pick<Context, "actor" | "now">, token: ApiToken): TokenView {
  const { id, name, ownerName, limit, madeAtMs, expiresAtMs, lastUsedAtMs } = token;
  return {
    id,
    name,
    owner: ownerName,
    isOwn: isOwner(ctx, token.owner),
    status: tokenStatus(token, ctx.now()) === "active" ? "active" : "expired",
    roles: limit.roles,
    ...limit.scope,
    madeAt: new Date(madeAtMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
    lastUsedAt: lastUsedAtMs === null ? null : new Date(lastUsedAtMs).toISOString(),
  };
}

export function isOwner({ actor }: Pick<Context, "actor">, owner: Identity): boolean {
  const identity = identityOf(actor);
  return identity !== null && identity.issuer === owner.issuer && identity.subject === owner.subject;
}
