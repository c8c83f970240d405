import type { KeyServerOptions } from "./key-server.ts";
import { createKeySet } from "./key-set.ts";
import type { Scheme } from "./scheme.ts";

export type IapSettings = {
  readonly kind: "iap";
  /** Like /projects/NUMBER/global/backendServices/ID */
  readonly audience: string;
  readonly keysUrl?: string;
};

const ISSUER = "https://cloud.google.com/iap";
const KEYS_URL = "https://www.gstatic.com/iap/verify/public_key-jwk";

/** Google's Identity-Aware Proxy. It knows no groups, and does not say when the person signed in. */
export function createIapScheme({ audience, keysUrl }: IapSettings, options: KeyServerOptions): Scheme {
  return {
    headerName: "x-goog-iap-jwt-assertion",
    algorithm: "ES256",
    issuer: ISSUER,
    findKey: createKeySet(keysUrl ?? KEYS_URL, "ES256", options),
    findHeaderProblem: () => null,
    expected: { issuer: ISSUER, audience, requiredClaims: ["exp"] },
    findClaimProblem: (claims) =>
      claims["aud"] === audience ? null : "Its audience is a list, which Google never sends.",
    expiresAtS: (claims) => claims["exp"],
    claimPlaces: (claims) => [claims],
  };
}
