import type { HalfSighting } from "#lib/domain/half.ts";
import {
  checkReason,
  decideOutcome,
  type HalfOutcome,
  type HolderNow,
  mayContinueAfter,
  orderHalves,
  type Unlock,
  type UnlockHalf,
  type UnlockOutcome,
} from "#lib/domain/unlock.ts";
import { describeHolder, describeLock } from "./describe-holder.ts";
import { AppError } from "./errors.ts";
import { type FoundLock, findLock } from "./find-lock.ts";
import type { Context, HalfRead, UnlockSession } from "./ports.ts";
import { type FreshHalf, removeHalf } from "./remove-half.ts";
import { settleRecord } from "./settle-record.ts";
import { describeStep, endRecord, openRecord, recordHalf, type UnlockRequest } from "./unlock-record.ts";

/** Hard limit of every AWS call of an unlock. */
export const UNLOCK_CALL_TIMEOUT_MS = 10_000;
const ATTEMPTS_MAX = 3;
/** For committing the intent; a delete that would be sent later than this is not sent at all. */
const COMMIT_SLACK_MS = 5_000;

type Present = Extract<FoundLock, { verdict: "present" }>;

/**
 * Force-unlocks exactly the lock that was shown: its intent is committed before AWS is touched, each half is deleted at most
 * once and only if unchanged, and the record ends with one outcome. Throws AppError `invalid`, `not_found`, `in_progress`,
 * or `unavailable` when no record could be written (then nothing was sent).
 */
export async function forceUnlock(ctx: Context, input: UnlockRequest): Promise<Unlock> {
  const request = {
    ...input,
    reason: parseReason(input.reason),
    idempotencyKey: parseIdempotencyKey(input.idempotencyKey),
  };
  const earlier = await ctx.unlocks.findByIdempotencyKey(ctx.actor, request.idempotencyKey);
  if (earlier !== null) return repeat(earlier, request);

  const found = await findLock(ctx, request.key);
  if (found.verdict === "gone") {
    const record = openRecord(ctx, request, { lock: null, statePath: found.statePath });
    return endWithoutIntent(ctx, record, { outcome: "already_gone", halves: [], holderNow: null });
  }
  const record = openRecord(ctx, request, found);
  const { lock } = found;
  if (lock.fingerprint !== request.fingerprint || lock.lockId !== request.lockId) {
    return endWithoutIntent(ctx, record, {
      outcome: "changed",
      halves: recordAll(ctx, found.sightings, "changed", "It is not the lock that was shown. Nothing was deleted."),
      holderNow: describeLock(lock),
    });
  }
  if (!lock.canUnlock) {
    const problem = lock.unlockBlockedBy ?? "This lock is not offered for unlocking.";
    return endWithoutIntent(ctx, record, {
      outcome: "refused",
      halves: recordAll(ctx, found.sightings, "refused", problem),
      holderNow: null,
    });
  }
  return unlockWithSession(ctx, record, found);
}

async function unlockWithSession(ctx: Context, record: Unlock, found: Present): Promise<Unlock> {
  let session: UnlockSession;
  try {
    session = await openSession(ctx, record.id, found.sightings);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const outcome = error.code === "refused" ? "refused" : "not_executed";
    return endWithoutIntent(ctx, record, {
      outcome,
      halves: recordAll(ctx, found.sightings, outcome, `${error.message} ${error.hint}`),
      holderNow: null,
    });
  }
  try {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      // Counted before the read: an unlock that began and ended since then makes the read worthless.
      const intentsBefore = await ctx.unlocks.countIntents(record.lockKey);
      const fresh = await readFreshly(ctx, session, found.sightings);
      if (fresh.verdict === "stop") return await endWithoutIntent(ctx, record, fresh);
      const ended = await deleteWithIntent(ctx, session, record, { halves: fresh.halves, intentsBefore });
      if (ended !== "overtaken") return ended;
    }
    throw new AppError("Others keep unlocking this lock at the same moment. Nothing was deleted.", {
      code: "in_progress",
      hint: "Look at the lock again before you try once more.",
    });
  } finally {
    session.close();
  }
}

function openSession(ctx: Context, unlockId: string, sightings: readonly HalfSighting[]): Promise<UnlockSession> {
  const ids = new Set(sightings.map((sighting) => sighting.sourceId));
  return ctx.gateway.openSession({
    unlockId,
    actor: ctx.actor,
    sources: ctx.sources.filter((source) => ids.has(source.id)),
    halves: sightings,
    timeoutMs: UNLOCK_CALL_TIMEOUT_MS,
  });
}

type FreshReads =
  | { readonly verdict: "go"; readonly halves: readonly FreshHalf[] }
  | {
      readonly verdict: "stop";
      readonly outcome: UnlockOutcome;
      readonly halves: readonly UnlockHalf[];
      readonly holderNow: HolderNow | null;
    };

/** Reads every half again, strongly consistent, and goes on only if each is exactly the one that was shown. */
async function readFreshly(
  ctx: Context,
  session: UnlockSession,
  sightings: readonly HalfSighting[],
): Promise<FreshReads> {
  const reads = await Promise.all(
    orderHalves(sightings).map(async (sighting) => ({ sighting, read: await session.readHalf(sighting) })),
  );
  const judged = reads.map(({ sighting, read }) => ({ sighting, read, ...judgeFreshRead(sighting, read) }));
  if (judged.every((half) => half.outcome === null)) {
    return {
      verdict: "go",
      halves: reads.flatMap(({ sighting, read }) =>
        read.kind === "present"
          ? [{ sighting: { ...sighting, body: read.body, versionId: read.versionId }, read }]
          : [],
      ),
    };
  }
  const outcomes = judged.map((half) => half.outcome);
  // One half gone and the other still there is not the lock that was shown either.
  const outcome =
    outcomes.includes(null) && outcomes.includes("already_gone")
      ? "changed"
      : decideOutcome(outcomes.filter((o) => o !== null));
  const survivor =
    judged.find((half) => half.outcome === "changed") ?? judged.find((half) => half.read.kind === "present");
  return {
    verdict: "stop",
    outcome,
    halves: judged.map((half) =>
      recordHalf(ctx, half.sighting, {
        outcome: half.outcome ?? "not_executed",
        detail: half.detail,
        awsRequestIds: "requestId" in half.read && half.read.requestId !== null ? [half.read.requestId] : [],
      }),
    ),
    holderNow: outcome === "changed" && survivor !== undefined ? describeHolder(survivor.read) : null,
  };
}

function judgeFreshRead(sighting: HalfSighting, read: HalfRead): { outcome: HalfOutcome | null; detail: string } {
  switch (read.kind) {
    case "absent":
      return { outcome: "already_gone", detail: "It is gone already. Nothing was deleted." };
    case "denied":
      return { outcome: "refused", detail: `${read.message} ${read.hint} Nothing was deleted.` };
    case "failed":
      return { outcome: "not_executed", detail: `${read.message} ${read.hint} Nothing was deleted.` };
    case "present":
      return isAsShown(sighting, read)
        ? { outcome: null, detail: "Unchanged, but not touched. Nothing was deleted." }
        : { outcome: "changed", detail: "It changed since it was shown. Nothing was deleted." };
  }
}

/** The ETag must be the one shown, and so must the bytes, wherever the scan could read them. */
function isAsShown(sighting: HalfSighting, read: Extract<HalfRead, { kind: "present" }>): boolean {
  if (sighting.mechanism === "s3" && (sighting.etag === null || sighting.etag !== read.etag)) return false;
  return sighting.fingerprint === null ? sighting.mechanism === "s3" : sighting.fingerprint === read.fingerprint;
}

async function deleteWithIntent(
  ctx: Context,
  session: UnlockSession,
  record: Unlock,
  { halves: fresh, intentsBefore }: { halves: readonly FreshHalf[]; intentsBefore: number },
): Promise<Unlock | "overtaken"> {
  const intentAtMs = ctx.now();
  // Each half is deleted and read back, but nothing is sent after the last delete.
  const deadlineAtMs = intentAtMs + COMMIT_SLACK_MS + (2 * fresh.length - 1) * UNLOCK_CALL_TIMEOUT_MS;
  const planned = fresh.map((half) =>
    recordHalf(ctx, half.sighting, { outcome: "unknown", detail: "The delete has no answer yet.", awsRequestIds: [] }),
  );
  const intent: Unlock = { ...record, intentAtMs, deadlineAtMs, halves: planned };
  const begun = await ctx.unlocks.begin(intent, describeStep(ctx, "unlock.intent", intent), intentsBefore);
  if (begun.verdict === "overtaken") return "overtaken";
  if (begun.verdict === "repeated") return repeat(begun.unlock, record);
  if (begun.verdict === "in_progress") return refuseSecond(ctx, record, { fresh, other: begun.unlock });

  const halves: UnlockHalf[] = [];
  let holderNow: HolderNow | null = null;
  for (const [index, half] of fresh.entries()) {
    const before = halves.at(-1);
    if (before !== undefined && !mayContinueAfter(before.outcome)) {
      halves.push(
        recordHalf(ctx, half.sighting, notSent("The other half was not surely gone, so this one was left alone.")),
      );
      continue;
    }
    // A process that was suspended must not send a delete that the reconciler has already judged impossible.
    if (ctx.now() + UNLOCK_CALL_TIMEOUT_MS > deadlineAtMs) {
      halves.push(
        recordHalf(ctx, half.sighting, notSent("The time for this unlock had passed before the delete was sent.")),
      );
      continue;
    }
    const removal = await removeHalf(session, half);
    holderNow = removal.holderNow ?? holderNow;
    halves.push({ ...(planned[index] ?? recordHalf(ctx, half.sighting, removal)), ...pickRemoval(removal) });
  }
  const outcome = decideOutcome(halves.map((half) => half.outcome));
  ctx.counters.unlockEnded(outcome);
  return settleRecord(ctx, endRecord(intent, { outcome, atMs: ctx.now(), halves, holderNow }));
}

function pickRemoval(removal: { outcome: HalfOutcome; detail: string; awsRequestIds: readonly string[] }) {
  return { outcome: removal.outcome, detail: removal.detail, awsRequestIds: removal.awsRequestIds };
}

function notSent(detail: string): { outcome: HalfOutcome; detail: string; awsRequestIds: readonly string[] } {
  return { outcome: "not_executed", detail, awsRequestIds: [] };
}

/** Ends an unlock that never came to an intent. It is on the record all the same, or it is not answered. */
async function endWithoutIntent(
  ctx: Context,
  record: Unlock,
  end: { outcome: UnlockOutcome; halves: readonly UnlockHalf[]; holderNow: HolderNow | null },
): Promise<Unlock> {
  const ended = endRecord(record, { ...end, atMs: ctx.now() });
  ctx.counters.unlockEnded(end.outcome);
  const begun = await ctx.unlocks.recordEnded(ended, describeStep(ctx, "unlock.refused", ended));
  return begun.verdict === "repeated" ? repeat(begun.unlock, record) : ended;
}

function recordAll(
  ctx: Context,
  sightings: readonly HalfSighting[],
  outcome: HalfOutcome,
  detail: string,
): readonly UnlockHalf[] {
  return orderHalves(sightings).map((sighting) => recordHalf(ctx, sighting, { outcome, detail, awsRequestIds: [] }));
}

/** The same key with the same wish gets the same answer; with another wish it is a mistake. */
function repeat(
  earlier: Unlock,
  request: { reason: string; lockId: string | null; fingerprint: string } & ({ key: string } | { lockKey: string }),
): Unlock {
  const lockKey = "key" in request ? request.key : request.lockKey;
  const isSame =
    earlier.lockKey === lockKey &&
    earlier.lockId === request.lockId &&
    earlier.fingerprint === request.fingerprint &&
    earlier.reason === request.reason;
  if (isSame) return earlier;
  throw new AppError("This Idempotency-Key was used for another unlock.", {
    code: "invalid",
    hint: "Send a new Idempotency-Key for every unlock, and the old one only to repeat the same request.",
  });
}

/** A second unlock of a lock whose first has no outcome yet is refused, on the record, and told whom to wait for. */
async function refuseSecond(
  ctx: Context,
  record: Unlock,
  { fresh, other }: { fresh: readonly FreshHalf[]; other: Unlock },
): Promise<never> {
  const problem = `This lock is already being unlocked (record ${other.id}).`;
  const halves = recordAll(
    ctx,
    fresh.map((half) => half.sighting),
    "refused",
    `${problem} Nothing was deleted.`,
  );
  await endWithoutIntent(ctx, record, { outcome: "refused", halves, holderNow: null });
  throw new AppError(problem, {
    code: "in_progress",
    hint: `Wait for the outcome of that record: GET /api/v1/unlocks/${other.id}.`,
  });
}

function parseReason(text: string): string {
  const verdict = checkReason(text);
  if (verdict.verdict === "ok") return verdict.reason;
  throw new AppError(verdict.problem, {
    code: "invalid",
    hint: "Say why the lock may be broken: it stays on the record.",
  });
}

function parseIdempotencyKey(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new AppError("The Idempotency-Key header is missing or malformed.", {
    code: "invalid",
    hint: "Send 1 to 255 visible ASCII characters, for example a UUID, and the same one only to repeat the same request.",
  });
}
