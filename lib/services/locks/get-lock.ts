import { may } from "#lib/domain/access/access.ts";
import { mayAtAll, placesOfLock } from "#lib/domain/access/places.ts";
import { encodeBase64 } from "#lib/domain/base64.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Lock, LockHalf } from "#lib/domain/lock.ts";
import type { LockDetail, LockHalfRaw, SightingView } from "#lib/domain/lock-detail.ts";
import { buildLocks } from "#lib/domain/lock-view.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeBody } from "#lib/services/unlocks/describe-holder.ts";
import { describeTerms } from "#lib/services/unlocks/describe-terms.ts";
import { viewUnlocks } from "#lib/services/unlocks/list-unlocks.ts";
import { awsNow } from "./aws-time.ts";
import { findLock, formatLocation } from "./find-lock.ts";

const HISTORY_LIMIT = 50;

/**
 * One lock with the raw text of its halves, and the history of its state path, as far as the actor may see them. Throws
 * `not_found` for an unknown key.
 */
export async function getLock(ctx: Context, key: string): Promise<LockDetail> {
  const found = await findLock(ctx, key);
  const { bucket, stateKey } = found.statePath;
  const [history, unlocks] = await Promise.all([
    ctx.sightings.listOfStatePath({ bucket, stateKey, limit: HISTORY_LIMIT }),
    ctx.unlocks.list({ lockKey: key, limit: HISTORY_LIMIT }),
  ]);
  return {
    lock: found.verdict === "present" ? await weighHistory(ctx, found.lock, history) : null,
    mayUnlock:
      found.verdict === "present" && mayAtAll(ctx.access, "unlocks.force", placesOfLock(found.lock, ctx.sources)),
    statePath: `${bucket}/${stateKey}`,
    bucket,
    stateKey,
    halves:
      found.verdict === "present"
        ? found.lock.halves.map((half, index) => withRaw(ctx, half, found.sightings[index]))
        : [],
    history: history.filter((sighting) => maySee(ctx, sighting)).map((sighting) => toSightingView(ctx, sighting)),
    unlocks: viewUnlocks(ctx, unlocks),
    terms: found.verdict === "present" ? await describeTerms(ctx, found.lock) : null,
  };
}

/** The same lock with the evidence that only the past of its path can give. */
async function weighHistory(ctx: Context, lock: Lock, history: readonly HalfSighting[]): Promise<Lock> {
  const [current, sourceStates] = await Promise.all([ctx.sightings.listCurrent(), ctx.sightings.listSourceStates()]);
  const sightings = current.filter(({ bucket, stateKey }) => bucket === lock.bucket && stateKey === lock.stateKey);
  const earlier = history.filter((sighting) => sighting.goneAtMs !== null);
  const { sources, sha256 } = ctx;
  const locks = buildLocks({ sightings, sources, sourceStates, nowMs: awsNow(ctx), sha256, earlier });
  // Another holder may have come since the lock was found; then the raw text shown beside would be somebody else's.
  return locks.find(({ key, fingerprint }) => key === lock.key && fingerprint === lock.fingerprint) ?? lock;
}

/** A half of an account that is not configured any more belongs to nobody's scope but that of who sees everything. */
function maySee(ctx: Context, { sourceId, bucket, stateKey }: HalfSighting): boolean {
  const account = ctx.sources.find(({ id }) => id === sourceId)?.account.name ?? "";
  return may(ctx.access, "locks.view", { account, bucket, stateKey });
}

function withRaw(ctx: Context, half: LockHalf, sighting: HalfSighting | undefined): LockHalfRaw {
  if (sighting === undefined)
    throw new AppError("A half has no sighting.", { code: "unexpected", hint: "Load it again." });
  const { body, bucket, stateKey } = sighting;
  const source = ctx.sources.find(({ id }) => id === half.sourceId);
  const isRawHidden =
    source === undefined || !may(ctx.access, "locks.raw", { account: source.account.name, bucket, stateKey });
  const hidden = { ...half, rawText: null, rawBase64: null, isRawHidden, isTruncated: false };
  if (body.kind === "denied") return { ...hidden, problem: body.problem };
  if (isRawHidden) return { ...hidden, problem: null };
  return {
    ...half,
    isRawHidden,
    rawText: new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.bytes),
    rawBase64: encodeBase64(body.bytes),
    isTruncated: body.kind === "bytes" && body.isTruncated,
    problem: body.kind === "item" ? body.problem : null,
  };
}

function toSightingView(ctx: Context, sighting: HalfSighting): SightingView {
  const { lockId, who, operation } = describeBody(sighting.body);
  return {
    mechanism: sighting.mechanism,
    location: formatLocation(sighting, ctx.sources),
    lockId,
    who,
    operation,
    firstSeenAt: new Date(sighting.firstSeenAtMs).toISOString(),
    lastSeenAt: new Date(sighting.lastSeenAtMs).toISOString(),
    goneAt: sighting.goneAtMs === null ? null : new Date(sighting.goneAtMs).toISOString(),
    goneBy: sighting.goneAtMs === null ? null : sighting.goneUnlockId === null ? "elsewhere" : "unlock",
    unlockId: sighting.goneUnlockId,
  };
}
