import type { JWTVerifyOptions } from "jose";
import type { Claims } from "#lib/domain/access/claims.ts";
import type { KeyFinder } from "./key-server.ts";

/** How far two clocks may be apart. */
export const SKEW_MS = 60_000;

/** What one kind of proxy does in its own way. A problem is a sentence of ours; null means that there is none. */
export type Scheme = {
  readonly headerName: string;
  readonly algorithm: "ES256" | "RS256";
  readonly issuer: string;
  readonly findKey: KeyFinder;
  /** Looks at the token's own header before its key is asked for; the signature covers it afterwards. */
  readonly findHeaderProblem: (header: Claims, nowMs: number) => string | null;
  readonly expected: Pick<JWTVerifyOptions, "issuer" | "audience" | "requiredClaims">;
  readonly findClaimProblem: (claims: Claims) => string | null;
  readonly expiresAtS: (claims: Claims, header: Claims) => unknown;
  /** Where what the identity provider says may be, the first that has it counts. */
  readonly claimPlaces: (claims: Claims) => readonly Claims[];
};

/** The proxy's clock may be up to a minute behind ours. */
export function isExpired(expiresAtS: number, nowMs: number): boolean {
  return expiresAtS * 1000 <= nowMs - SKEW_MS;
}
