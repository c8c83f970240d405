import type { HalfAddress } from "./half.ts";
import { computeLockKey } from "./lock-key.ts";
import type { LockPair } from "./pairing.ts";
import { contentOfHalf, type ReadHalf } from "./read-half.ts";

type Sha256 = (data: string) => string;
type LockIdentity = { readonly key: string; readonly fingerprint: string };
type KnownIdentity = LockIdentity & { readonly place: string; readonly seen: readonly FingerprintedHalf[] };
type FingerprintedHalf = HalfAddress & { readonly fingerprint: string | null; readonly etag: string | null };

/** Hashing is most of the work of a list; the same halves in the same place keep their hashes. */
const identities = new WeakMap<object, KnownIdentity>();

/** Key and fingerprint of a lock with at least one half. */
export function identifyLock(pair: LockPair, halves: readonly ReadHalf[], sha256: Sha256): LockIdentity {
  const { bucket, stateKey, extraSourceId } = pair;
  const seen = halves.map((half) => half.sighting);
  const [first] = seen;
  const account = pair.home.account.name;
  const place = JSON.stringify([account, bucket, stateKey, extraSourceId]);
  const known = first === undefined ? undefined : identities.get(contentOfHalf(first));
  if (known !== undefined && known.place === place && isSame(known.seen, seen)) return known;
  const key = computeLockKey({ account, bucket, stateKey, sourceId: extraSourceId }, sha256);
  const identity = { key, fingerprint: computeFingerprint(seen, sha256) };
  if (first !== undefined) identities.set(contentOfHalf(first), { ...identity, place, seen });
  return identity;
}

/** By all that the fingerprint is made of. */
function isSame(a: readonly FingerprintedHalf[], b: readonly FingerprintedHalf[]): boolean {
  return (
    a.length === b.length &&
    a.every((half, index) => {
      const other = b[index];
      return (
        half === other ||
        (half.mechanism === other?.mechanism &&
          half.sourceId === other.sourceId &&
          half.location === other.location &&
          half.fingerprint === other.fingerprint &&
          half.etag === other.etag)
      );
    })
  );
}

/** What an unlock must echo: it changes whenever any half, its place or its bytes do; the order does not matter. */
export function computeFingerprint(halves: readonly FingerprintedHalf[], sha256: Sha256): string {
  const lines = halves.map(({ mechanism, sourceId, location, fingerprint, etag }) =>
    JSON.stringify([mechanism, sourceId, location, fingerprint, etag]),
  );
  return sha256(JSON.stringify(lines.sort()));
}
