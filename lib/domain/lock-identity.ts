import type { HalfAddress, HalfSighting } from "./half.ts";
import { computeLockKey } from "./lock-key.ts";
import type { LockPair } from "./pairing.ts";
import type { ReadHalf } from "./read-half.ts";

type Sha256 = (data: string) => string;
type LockIdentity = { readonly key: string; readonly fingerprint: string };
type KnownIdentity = LockIdentity & { readonly last: HalfSighting; readonly place: string };
type FingerprintedHalf = HalfAddress & { readonly fingerprint: string | null; readonly etag: string | null };

/** Hashing is most of the work of a list; the same halves in the same place keep their hashes. */
const identities = new WeakMap<HalfSighting, KnownIdentity>();

/** Key and fingerprint of a lock with at least one half. */
export function identifyLock(pair: LockPair, halves: readonly ReadHalf[], sha256: Sha256): LockIdentity {
  const sightings = halves.map((half) => half.sighting);
  const [first] = sightings;
  const last = sightings.at(-1);
  const place = `${pair.home.account.name}\n${pair.extraSourceId ?? ""}`;
  const known = first === undefined ? undefined : identities.get(first);
  if (known !== undefined && known.last === last && known.place === place) return known;
  const { bucket, stateKey, extraSourceId } = pair;
  const key = computeLockKey({ account: pair.home.account.name, bucket, stateKey, sourceId: extraSourceId }, sha256);
  const identity = { key, fingerprint: computeFingerprint(sightings, sha256) };
  if (first !== undefined && last !== undefined) identities.set(first, { ...identity, last, place });
  return identity;
}

/** What an unlock must echo: it changes whenever any half, its place or its bytes do; the order does not matter. */
export function computeFingerprint(halves: readonly FingerprintedHalf[], sha256: Sha256): string {
  const lines = halves.map(({ mechanism, sourceId, location, fingerprint, etag }) =>
    JSON.stringify([mechanism, sourceId, location, fingerprint, etag]),
  );
  return sha256(JSON.stringify(lines.sort()));
}
