import type { HalfBody } from "#lib/domain/half.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { parseLockText } from "#lib/domain/lock-text.ts";
import type { HolderNow } from "#lib/domain/unlock.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";

const NOBODY_KNOWN: HolderNow = { lockId: null, who: null, operation: null, createdAt: null };

/** Who holds a lock by its own text; all null where the text cannot be read. */
export function describeHolder(read: HalfRead): HolderNow | null {
  if (read.kind !== "present") return null;
  return describeBody(read.body);
}

export function describeBody(body: HalfBody): HolderNow {
  if (body.kind !== "bytes") return NOBODY_KNOWN;
  const { info } = parseLockText(body.bytes, { isTruncated: body.isTruncated });
  return { lockId: info.id, who: info.who, operation: info.operation, createdAt: info.created };
}

export function describeLock(lock: Lock): HolderNow {
  return { lockId: lock.lockId, who: lock.who, operation: lock.operation, createdAt: lock.createdAt };
}
