import { findAlbKeysUrl } from "./alb-key-url.ts";
import { createAlbKeys } from "./alb-keys.ts";
import type { KeyServerOptions } from "./key-server.ts";
import { isExpired, type Scheme } from "./scheme.ts";

export type AlbSettings = {
  readonly kind: "alb";
  /** The ARN of our load balancer. Every load balancer of a region signs with the same keys: only this tells them apart. */
  readonly signer: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly keysUrl?: string;
};

/** The id becomes part of a URL, so nothing else is ever asked for. */
const KID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An Application Load Balancer vouches in the token's header; the claims are what the user info endpoint answered. */
export function createAlbScheme(settings: AlbSettings, options: KeyServerOptions): Scheme {
  const { signer, issuer, clientId } = settings;
  return {
    headerName: "x-amzn-oidc-data",
    algorithm: "ES256",
    issuer,
    findKey: createAlbKeys((settings.keysUrl ?? findAlbKeysUrl(signer)).replace(/\/$/, ""), options),
    findHeaderProblem(header, nowMs) {
      if (typeof header["kid"] !== "string" || !KID.test(header["kid"])) return "Its key id is not one of AWS.";
      if (header["signer"] !== signer) return "Another load balancer signed it than the configured one.";
      if (header["client"] !== clientId) return "It is for another client than the configured one.";
      if (header["iss"] !== issuer) return "It is from another issuer than the configured one.";
      if (typeof header["exp"] !== "number") return "It does not say when it expires.";
      return isExpired(header["exp"], nowMs) ? "It has expired." : null;
    },
    expected: {},
    findClaimProblem: (claims) =>
      Object.hasOwn(claims, "iss") && claims["iss"] !== issuer
        ? "Its claims are from another issuer than the configured one."
        : null,
    expiresAtS: (claims, header) => Math.min(Number(header["exp"]), Number(claims["exp"] ?? Infinity)),
    claimPlaces: (claims) => [claims],
  };
}
