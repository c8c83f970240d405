import type { Claims } from "#lib/domain/access/claims.ts";
import type { KeyServerOptions } from "./key-server.ts";
import { createKeySet } from "./key-set.ts";
import type { Scheme } from "./scheme.ts";

export type CloudflareSettings = {
  readonly kind: "cloudflare";
  /** Like https://team.cloudflareaccess.com */
  readonly teamUrl: string;
  /** The tag of the Access application. */
  readonly audience: string;
  readonly keysUrl?: string;
};

/** Cloudflare Access: the application token. Claims that an administrator adds stand under `custom`. */
export function createCloudflareScheme(settings: CloudflareSettings, options: KeyServerOptions): Scheme {
  const issuer = new URL(settings.teamUrl).origin;
  return {
    headerName: "cf-access-jwt-assertion",
    algorithm: "RS256",
    issuer,
    findKey: createKeySet(settings.keysUrl ?? `${issuer}/cdn-cgi/access/certs`, "RS256", options),
    findHeaderProblem: () => null,
    expected: { issuer, audience: settings.audience, requiredClaims: ["exp"] },
    findClaimProblem: () => null,
    expiresAtS: (claims) => claims["exp"],
    claimPlaces: (claims) => (isClaims(claims["custom"]) ? [claims, claims["custom"]] : [claims]),
  };
}

function isClaims(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
