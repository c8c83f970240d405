import "server-only";
import type { Access } from "#lib/domain/access/access.ts";
import type { Identity } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports.ts";
import type { Authenticate, Principal } from "./principal.ts";

/** Whose token it is and what it may do; null for one that is unknown, ended or revoked. */
export type ReadToken = (bearer: string) => Promise<{
  readonly owner: Identity;
  readonly tokenId: string;
  readonly name: string;
  readonly limit: NonNullable<Access["limit"]>;
} | null>;

/** Lets scripts in by their token, and everybody else by `others`. A request that claims to be both is refused. */
export function withTokens(
  others: Authenticate,
  { readToken, accessOf }: { readonly readToken: ReadToken | null } & Pick<Context, "accessOf">,
): Authenticate {
  return async (headers) => {
    const authorization = headers.get("authorization");
    const bearer = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? "")?.[1];
    if (bearer === undefined) return others(headers);
    if (/lockkeeper_session_token=/.test(headers.get("cookie") ?? "")) {
      throw new AppError("The request carries both a token and a session.", {
        code: "refused",
        hint: "Send one of the two: a script sends its token and no cookie.",
      });
    }
    return readToken === null ? null : toPrincipal(await readToken(bearer), accessOf);
  };
}

async function toPrincipal(
  token: Awaited<ReturnType<ReadToken>>,
  accessOf: Context["accessOf"],
): Promise<Principal | null> {
  if (token === null) return null;
  const { owner, tokenId, name, limit } = token;
  const access = await accessOf(owner);
  if (access === null) return null;
  const actor = { kind: "person", name, authenticatedBy: "token", tokenId, ...owner } as const;
  return { actor, signIn: { kind: "token", tokenId }, access: { grants: access.grants, limit } };
}
