import type { HalfBody, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { SentHalf } from "./messages.ts";

const NO_BYTES = new Uint8Array();

/** A known half as the thread that sweeps needs it: to compare with, but without the bytes that nobody reads there. */
export function withoutBytes(known: HalfSighting): ObservedHalf {
  const { sourceId, mechanism, location, bucket, stateKey, fingerprint, etag, versionId, lastModifiedMs, state } =
    known;
  const body = known.body.kind === "denied" ? known.body : { ...known.body, bytes: NO_BYTES };
  return {
    sourceId,
    mechanism,
    location,
    bucket,
    stateKey,
    body,
    fingerprint,
    etag,
    versionId,
    lastModifiedMs,
    state,
  };
}

/** In the thread that sweeps: known halves as the scanner wants them, and which of them a found half repeats the body of. */
export function unpackKnown(halves: readonly ObservedHalf[]) {
  const places = new Map<HalfBody, number>(halves.map(({ body }, index) => [body, index]));
  const seen = {
    firstSeenAtMs: 0,
    lastSeenAtMs: 0,
    sweepsSeen: 1,
    isPaired: false,
    goneAtMs: null,
    goneUnlockId: null,
  };
  return {
    known: halves.map((half): HalfSighting => ({ ...half, id: half.location, ...seen })),
    // A body that is repeated is the same object.
    pack: (half: ObservedHalf): SentHalf => ({ half, knownBody: places.get(half.body) ?? null }),
  };
}

/** The half as the scanner found it, with its bytes again. */
export function unpackHalf({ half, knownBody }: SentHalf, known: readonly HalfSighting[]): ObservedHalf {
  const before = knownBody === null ? undefined : known[knownBody];
  return before === undefined ? half : { ...half, body: before.body, fingerprint: before.fingerprint };
}
