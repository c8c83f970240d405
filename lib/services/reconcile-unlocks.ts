import {
  decideOutcome,
  type HolderNow,
  type SettlingRead,
  settleByReading,
  type Unlock,
  type UnlockHalf,
} from "#lib/domain/unlock.ts";
import { describeHolder } from "./describe-holder.ts";
import type { Context, HalfRead } from "./ports.ts";
import { settleRecord } from "./settle-record.ts";
import { endRecord } from "./unlock-record.ts";

/** After the deadline a delete of ours may still be on the wire for this long at most. */
export const SETTLE_AFTER_DEADLINE_MS = 20_000;

/** Settles every intent that has no outcome and whose deadline is past, by reading alone: there is no delete in reach here. */
export async function reconcileUnlocks(ctx: Context): Promise<{ settled: number; unsettled: number }> {
  const open = await ctx.unlocks.listUnsettled(ctx.now() - SETTLE_AFTER_DEADLINE_MS);
  let settled = 0;
  for (const unlock of open) {
    const read = await readOutcome(ctx, unlock);
    // Nothing new is nothing to record, or a source that stays unreadable would fill the trail.
    const isNews = read.halves.some((half, index) => half.outcome !== unlock.halves[index]?.outcome);
    if (read.outcome === "unknown" && !isNews) continue;
    const ended = await settleRecord(ctx, read);
    if (ended.outcome !== "unknown") settled += 1;
  }
  return { settled, unsettled: open.length - settled };
}

async function readOutcome(ctx: Context, unlock: Unlock): Promise<Unlock> {
  const halves: UnlockHalf[] = [];
  let holderNow: HolderNow | null = unlock.holderNow;
  for (const half of unlock.halves) {
    const settledHalf = half.outcome === "unknown" ? await readHalf(ctx, half) : { half, holderNow: null };
    halves.push(settledHalf.half);
    holderNow = settledHalf.holderNow ?? holderNow;
  }
  return endRecord(unlock, {
    outcome: decideOutcome(halves.map((half) => half.outcome)),
    atMs: ctx.now(),
    halves,
    holderNow,
  });
}

async function readHalf(ctx: Context, half: UnlockHalf): Promise<{ half: UnlockHalf; holderNow: HolderNow | null }> {
  const source = ctx.sources.find((candidate) => candidate.id === half.sourceId);
  if (source === undefined) {
    return {
      half: { ...half, detail: "Its source is no longer configured, so nothing can be read." },
      holderNow: null,
    };
  }
  const read = await ctx.scanner.readHalf(source, half);
  if (read.kind !== "present" && read.kind !== "absent") {
    return { half: { ...half, detail: `Still unknown: ${read.message}` }, holderNow: null };
  }
  const found = read.kind === "absent" ? "absent" : isSame(half, read) ? "same" : "different";
  const awsRequestIds = read.requestId === null ? half.awsRequestIds : [...half.awsRequestIds, read.requestId];
  return {
    half: { ...half, outcome: settleByReading(found), detail: settledDetails[found], awsRequestIds },
    holderNow: found === "different" ? describeHolder(read) : null,
  };
}

/** Equal ETags are the same object; bytes are compared wherever both reads could see them. */
function isSame(half: UnlockHalf, read: Extract<HalfRead, { kind: "present" }>): boolean {
  if (read.etag !== half.etag) return false;
  return half.fingerprint === null || read.fingerprint === null || read.fingerprint === half.fingerprint;
}

const settledDetails: Readonly<Record<SettlingRead, string>> = {
  absent: "It is gone; whether our delete or somebody else's did it cannot be told.",
  same: "The same lock is still there, so our delete never took effect.",
  different: "Another lock is there now; whether our delete removed the one before cannot be told.",
};
