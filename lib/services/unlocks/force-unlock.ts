import { placesOf, placesOfLock } from "#lib/domain/access/places.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import type { Approval } from "#lib/domain/approval.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { UNLOCK_CALL_MS_MAX } from "#lib/domain/unlock-time.ts";
import { requireFreshSignIn } from "#lib/services/access/fresh-sign-in.ts";
import { limitRate } from "#lib/services/access/limit-rate.ts";
import { requireAt } from "#lib/services/access/permit.ts";
import { voidApproval } from "#lib/services/approvals/settle-approvals.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import { accountsOfStatePath, type FoundLock, findLock } from "#lib/services/locks/find-lock.ts";
import { parseIdempotencyKey, parseReason } from "#lib/services/parse-request.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { applyPolicy, refuseWithoutApprover } from "./apply-policy.ts";
import { deleteHalves } from "./delete-halves.ts";
import { describeLock } from "./describe-holder.ts";
import { type FreshReads, readFreshHalves } from "./read-fresh-halves.ts";
import { endWithoutIntent, repeat, turnDown } from "./record-attempt.ts";
import { refuseWhileUnlocking } from "./refuse-second.ts";
import { refuseWhileRestoring } from "./refuse-while-restoring.ts";
import type { Grounds } from "./unlock-grounds.ts";
import { openRecord, type UnlockRequest } from "./unlock-record.ts";

const ATTEMPTS_MAX = 3;

type Present = Extract<FoundLock, { verdict: "present" }>;

/** Nothing was done: a second person has been asked to approve it. */
export type WaitingUnlock = { readonly outcome: "waiting"; readonly approval: Approval };

/**
 * Force-unlocks exactly the lock that was shown: its intent is committed before AWS is touched, each half is deleted at most
 * once and only if unchanged, and the record ends with one outcome. Where a policy asks for a second person, it waits for them
 * first: the same request again carries it out once they approved. Throws AppError `invalid`, `not_found`, `refused` for who may
 * not do it, `too_many`, `sign_in_again`, `in_progress`,
 * or `unavailable` when the store does not answer in time or cannot write (then nothing was sent, and nothing will be).
 */
export async function forceUnlock(ctx: Context, input: UnlockRequest): Promise<Unlock | WaitingUnlock> {
  await limitRate(ctx, "unlock");
  const request = {
    ...input,
    reason: parseReason(input.reason, "Say why the lock may be broken: it stays on the record."),
    idempotencyKey: parseIdempotencyKey(input.idempotencyKey),
  };
  const earlier = await answerInTime(ctx, ctx.unlocks.findByIdempotencyKey(ctx.actor, request.idempotencyKey));
  if (earlier !== null) return repeat(earlier, request);

  const found = await answerInTime(ctx, findLock(ctx, request.key));
  const places = await answerInTime(ctx, listPlaces(ctx, found));
  await requireAt(ctx, "unlocks.force", places);
  if (request.isBreakGlass === true) await requireAt(ctx, "unlocks.break_glass", places);
  requireFreshSignIn(ctx);
  if (found.verdict === "gone") {
    const record = openRecord(ctx, request, { lock: null, statePath: found.statePath });
    return turnDown(ctx, record, { because: "listed_gone", message: "It is gone.", sightings: [] });
  }
  const record = openRecord(ctx, request, found);
  const { lock, sightings } = found;
  if (lock.fingerprint !== request.fingerprint || lock.lockId !== request.lockId) {
    const message = "It is not the lock that was shown. Nothing was deleted.";
    return turnDown(ctx, record, { because: "not_as_shown", message, sightings, holderNow: describeLock(lock) });
  }
  if (!lock.canUnlock) {
    const message = lock.unlockBlockedBy ?? "This lock is not offered for unlocking.";
    return turnDown(ctx, record, { because: "blocked", message, sightings });
  }
  const isBreakGlass = request.isBreakGlass === true;
  const policy = await applyPolicy(ctx, record, { lock, sightings, places, isBreakGlass });
  if (policy.verdict === "waiting") return { outcome: "waiting", approval: policy.approval };
  if (policy.verdict === "ended") return policy.unlock;
  await refuseWhileUnlocking(ctx, record, sightings);
  return unlockWithSession(ctx, record, found, policy.grounds);
}

/** Every account in which something would be deleted, or was, where the lock is gone. */
async function listPlaces(ctx: Context, found: FoundLock): Promise<readonly Place[]> {
  if (found.verdict === "present") return placesOfLock(found.lock, ctx.sources);
  return placesOf(found.statePath, await accountsOfStatePath(ctx, found.statePath));
}

async function unlockWithSession(ctx: Context, record: Unlock, found: Present, grounds: Grounds): Promise<Unlock> {
  let session: UnlockSession;
  try {
    session = await openSession(ctx, record.id, found.sightings);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const because = error.code === "refused" ? "role_refused" : "no_session";
    return turnDown(ctx, record, { because, message: `${error.message} ${error.hint}`, sightings: found.sightings });
  }
  try {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      // Counted before the read: an unlock that began and ended since then makes the read worthless.
      const intentsBefore = await answerInTime(ctx, ctx.unlocks.countIntents(record.lockKey));
      const fresh = await readFreshHalves(ctx, session, found.sightings);
      if (fresh.verdict === "stop") return await endUnread(ctx, record, fresh, grounds);
      await refuseWhileRestoring(ctx, record, found.sightings);
      const refused = await refuseWithoutApprover(ctx, record, { ...grounds, sightings: found.sightings });
      if (refused !== null) return refused;
      const ended = await deleteHalves(ctx, session, record, { ...fresh, intentsBefore, grounds });
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

/** What was approved is void once it is not there any more as it was. */
async function endUnread(
  ctx: Context,
  record: Unlock,
  fresh: Extract<FreshReads, { verdict: "stop" }>,
  { approval }: Grounds,
): Promise<Unlock> {
  const ended = await endWithoutIntent(ctx, record, fresh);
  if (approval !== null && fresh.outcome === "changed")
    await voidApproval(ctx, approval, "The lock changed since it was approved.");
  if (approval !== null && fresh.outcome === "already_gone") await voidApproval(ctx, approval, "The lock is gone.");
  return ended;
}

function openSession(ctx: Context, unlockId: string, sightings: readonly HalfSighting[]): Promise<UnlockSession> {
  const ids = new Set(sightings.map((sighting) => sighting.sourceId));
  return ctx.gateway.openSession({
    unlockId,
    actor: ctx.actor,
    sources: ctx.sources.filter((source) => ids.has(source.id)),
    halves: sightings,
    timeoutMs: UNLOCK_CALL_MS_MAX,
  });
}
