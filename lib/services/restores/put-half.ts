import { decideHalfRestore, type PutReadBack, type RestoreHalf } from "#lib/domain/restore.ts";
import type { UnlockHalf } from "#lib/domain/unlock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { HalfPut } from "#lib/services/ports/halves.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import { comparePut } from "./read-restore-places.ts";
import { recordRestoreHalf } from "./restore-record.ts";

/** Sends the one conditional put of a half, reads back, and says what became of it. Never throws, never sends twice. */
export async function putHalf(ctx: Context, session: RestoreSession, half: UnlockHalf): Promise<RestoreHalf> {
  const { raw, recreate } = half;
  if (raw === null || recreate === null) {
    const detail = "The record does not hold what it takes. Nothing was written.";
    return recordRestoreHalf(half, { outcome: "not_executed", detail, awsRequestIds: [] });
  }
  const put = await session.putHalf(half, { raw, recreate });
  const read = await session.readHalf(half);
  const after = comparePut(ctx, half, read);
  const requestIds = [put.requestId, "requestId" in read ? read.requestId : null];
  return recordRestoreHalf(half, {
    outcome: decideHalfRestore(put.kind, after),
    detail: describePut(put, after),
    awsRequestIds: requestIds.filter((id) => id !== null),
  });
}

function describePut(put: HalfPut, after: PutReadBack): string {
  switch (put.kind) {
    case "put":
      return AFTER_SUCCESS[after];
    case "occupied":
      return AFTER_OCCUPIED[after];
    case "denied":
    case "rejected":
      return after === "same" ? `${put.message} Yet the same lock is there now.` : put.message;
    case "unknown":
      return put.message;
  }
}

const AFTER_SUCCESS: Readonly<Record<PutReadBack, string>> = {
  same: "Put, and confirmed by reading back.",
  absent: "AWS confirmed the put, yet nothing is there.",
  different: "AWS confirmed the put, yet another lock is there.",
  unreadable: "AWS confirmed the put, but reading back failed.",
};

const AFTER_OCCUPIED: Readonly<Record<PutReadBack, string>> = {
  same: "The same lock was there when our put arrived. Nothing was written.",
  absent: "Somebody had locked when our put arrived, and released since. Nothing was written.",
  different: "Somebody has locked since. Nothing was written.",
  unreadable: "Somebody has locked since; who could not be read. Nothing was written.",
};
