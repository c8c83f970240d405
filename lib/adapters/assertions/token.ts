import { decodeProtectedHeader, errors, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Claims } from "#lib/domain/access/claims.ts";

const LENGTH_MAX = 16 * 1024;
/** AWS signs base64url with its padding on. jose verifies the text as it came, so nothing is taken off. */
const TOKEN = /^(?:[A-Za-z0-9_-]+={0,2}\.){2}[A-Za-z0-9_-]+={0,2}$/;

type Token = { readonly text: string; readonly header: Claims; readonly kid: string };

type Refused = { readonly verdict: "refused"; readonly reason: string };

/** Takes a token apart without trusting any of it. Only one that names the given algorithm is returned. */
export function parseToken(
  text: string,
  algorithm: string,
): Refused | { readonly verdict: "read"; readonly token: Token } {
  if (text.length > LENGTH_MAX) return refuse(`It is longer than ${LENGTH_MAX / 1024} KiB.`);
  if (text.includes(",")) return refuse("It came more than once.");
  if (!TOKEN.test(text)) return refuse("It is not a signed token.");
  const header = decodeHeader(text);
  if (header === null) return refuse("Its own header cannot be read.");
  if (header["alg"] !== algorithm) return refuse(`It is not signed with ${algorithm}.`);
  const kid = header["kid"];
  if (typeof kid !== "string" || kid === "") return refuse("It names no key.");
  return { verdict: "read", token: { text, header, kid } };
}

function decodeHeader(text: string): Claims | null {
  try {
    return decodeProtectedHeader(text);
  } catch {
    return null;
  }
}

/** The claims of a token whose signature and times are right; any other is refused in our own words. */
export async function verifyToken(
  text: string,
  key: CryptoKey,
  options: JWTVerifyOptions,
): Promise<Refused | { readonly verdict: "verified"; readonly claims: Claims }> {
  try {
    const { payload } = await jwtVerify(text, key, options);
    return { verdict: "verified", claims: payload };
  } catch (error) {
    if (error instanceof errors.JOSEError) return refuse(describeProblem(error));
    throw error;
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  aud: "It is for another audience than the configured one.",
  exp: "It does not say when it expires.",
  iss: "It is from another issuer than the configured one.",
  nbf: "It is not valid yet.",
};

function describeProblem(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "It has expired.";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "Its signature is wrong.";
  if (error instanceof errors.JWTClaimValidationFailed) return PROBLEMS[error.claim] ?? "One of its claims is wrong.";
  return "It is not a token that can be verified.";
}

function refuse(reason: string): Refused {
  return { verdict: "refused", reason };
}
