import type { HalfAddress } from "./half.ts";

type FingerprintedHalf = HalfAddress & { readonly fingerprint: string | null; readonly etag: string | null };

/** What an unlock must echo: it changes whenever any half, its place or its bytes do; the order does not matter. */
export function computeFingerprint(halves: readonly FingerprintedHalf[], sha256: (data: string) => string): string {
  const lines = halves.map(({ mechanism, sourceId, location, fingerprint, etag }) =>
    JSON.stringify([mechanism, sourceId, location, fingerprint, etag]),
  );
  return sha256(JSON.stringify(lines.sort()));
}
