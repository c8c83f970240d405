import { KeyObject, sign } from "node:crypto";
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, type JWK } from "jose";

export type Algorithm = "ES256" | "RS256";

export type Signer = {
  readonly kid: string;
  readonly jwk: JWK;
  readonly pem: string;
  readonly privateKey: CryptoKey;
};

type Parts = { readonly header: object; readonly claims: unknown };

let count = 0;

/** A new key pair, with an id as AWS makes them. */
export async function makeSigner(algorithm: Algorithm): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  count += 1;
  const kid = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" };
  return { kid, jwk, pem: await exportSPKI(publicKey), privateKey };
}

/** A token with any header and any claims, signed as its header says. */
export async function signToken({ header, claims }: Parts, key: CryptoKey | Uint8Array): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  return new CompactSign(bytes).setProtectedHeader(header as { alg: string }).sign(key);
}

/** As an Application Load Balancer signs: its base64url has padding, and the signature is over the padded text. */
export function signPadded({ header, claims }: Parts, { privateKey }: Signer): string {
  const signed = `${encodePadded(JSON.stringify(header))}.${encodePadded(JSON.stringify(claims))}`;
  const signature = sign("sha256", Buffer.from(signed), { key: KeyObject.from(privateKey), dsaEncoding: "ieee-p1363" });
  return `${signed}.${encodePadded(signature)}`;
}

export function encodePadded(content: string | Uint8Array): string {
  return Buffer.from(content).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

export function encodePart(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}
