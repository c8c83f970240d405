import { orderRestore, type PutReadBack, type RestoreHalf, type RestoreHalfOutcome } from "#lib/domain/restore.ts";
import type { Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import { compareWithRecord } from "#lib/domain/unlock-compare.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import { recordRestoreHalf } from "./restore-record.ts";

export type RestorePlaces =
  | { readonly verdict: "free" }
  | { readonly verdict: "stop"; readonly halves: readonly RestoreHalf[] };

/** What stands against putting anything, found by reading one place. */
type Objection = { readonly outcome: RestoreHalfOutcome; readonly detail: string };

/**
 * Reads the place of every half of the unlock, strongly consistent. They are free only if nothing is where something is to be
 * put, and no other lock is in the half that was not removed.
 */
export async function readRestorePlaces(ctx: Context, session: RestoreSession, unlock: Unlock): Promise<RestorePlaces> {
  const places = await Promise.all(
    orderRestore(unlock.halves).map(async (half) => {
      const read = await session.readHalf(half);
      return { half, read, objection: findObjection(ctx, half, read) };
    }),
  );
  const first = places.find(({ half, objection }) => half.outcome !== "released" && objection !== null)?.objection;
  if (places.every(({ objection }) => objection === null)) return { verdict: "free" };
  return {
    verdict: "stop",
    halves: places.flatMap(({ half, read, objection }) => {
      if (half.outcome !== "released") return [];
      const { outcome, detail } = objection ?? first ?? OTHER_PLACE;
      const requestId = "requestId" in read ? read.requestId : null;
      const awsRequestIds = requestId === null ? [] : [requestId];
      return [recordRestoreHalf(half, { outcome, detail: `${detail} Nothing was written.`, awsRequestIds })];
    }),
  };
}

const OTHER_PLACE: Objection = { outcome: "not_executed", detail: "Its other half cannot be put now." };

function findObjection(ctx: Context, half: UnlockHalf, read: HalfRead): Objection | null {
  switch (read.kind) {
    case "absent":
      return null;
    case "denied":
      return { outcome: "refused", detail: `${read.message} ${read.hint}` };
    case "failed":
      return { outcome: "not_executed", detail: `${read.message} ${read.hint}` };
    case "present":
      return half.outcome === "released" ? describeOccupied(ctx, half, read) : describeOtherHalf(half, read);
  }
}

function describeOccupied(ctx: Context, half: UnlockHalf, read: HalfRead): Objection {
  const isSame = comparePut(ctx, half, read) === "same";
  return { outcome: "changed", detail: isSame ? "The same lock is there already." : "Somebody has locked since." };
}

function describeOtherHalf(half: UnlockHalf, read: HalfRead & { kind: "present" }): Objection | null {
  if (compareWithRecord(half, read) === "same") return null;
  return { outcome: "changed", detail: "Somebody has locked its other half since." };
}

/** Compares what a read found with the bytes that the unlock removed: a new object with them has another version and date. */
export function comparePut(ctx: Pick<Context, "sha256">, half: UnlockHalf, read: HalfRead): PutReadBack {
  if (read.kind === "absent") return "absent";
  if (read.kind !== "present" || read.fingerprint === null || half.raw === null) return "unreadable";
  return read.fingerprint === ctx.sha256(half.raw) ? "same" : "different";
}
