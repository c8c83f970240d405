import "server-only";
import { AppError } from "#lib/services/errors.ts";
import type { Authenticate, Principal } from "./principal.ts";
import { bearerOf } from "./token-principal.ts";

/**
 * Lets scripts in by their token, and everybody else by `others`. A request that claims to be both is refused, and one with
 * another kind of authorization is nobody's: the guard lets it in without an `Origin`, so no cookie may speak for it.
 */
export function withTokens(
  others: Authenticate,
  readPrincipal: (bearer: string) => Promise<Principal | null>,
): Authenticate {
  return async (headers) => {
    if (headers.get("authorization") === null) return others(headers);
    const bearer = bearerOf(headers);
    if (bearer === null) return null;
    if (/lockkeeper_session_token=/.test(headers.get("cookie") ?? "")) {
      throw new AppError("The request carries both a token and a session.", {
        code: "refused",
        hint: "Send one of the two: a script sends its token and no cookie.",
      });
    }
    return readPrincipal(bearer);
  };
}
