import { tokenAccess } from "#lib/domain/access/token.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { readToken, type TokenReader } from "#lib/services/tokens/read-token.ts";
import type { Principal } from "./principal.ts";

/** What a request sends as `Authorization: Bearer`; null where it sends none. Where it does, nothing else says who asks. */
export function bearerOf(headers: Pick<Headers, "get">): string | null {
  const [, bearer] = /^bearer +(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "") ?? [];
  return bearer ?? null;
}

/**
 * Who asks with a token: its owner, within the limit of the token and of what the owner may do now. Null for a token that is
 * not good, and for one whose owner is unknown or disabled. Throws AppError `unavailable`.
 */
export async function tokenPrincipal(
  deps: TokenReader & Pick<Context, "accessOf">,
  bearer: string,
): Promise<Principal | null> {
  const token = await readToken(deps, bearer);
  if (token === null) return null;
  const ownerAccess = await deps.accessOf(token.owner);
  if (ownerAccess === null) return null;
  const { tokenId, owner, ownerName, limit } = token;
  const { issuer, subject } = owner;
  return {
    actor: { kind: "person", name: ownerName, authenticatedBy: "token", tokenId, issuer, subject },
    signIn: { kind: "token", tokenId },
    access: tokenAccess(ownerAccess, limit),
  };
}
