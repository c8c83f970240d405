import type { Lock } from "#lib/domain/lock.ts";
import { contentOf } from "#lib/domain/lock-builder.ts";
import type { LockList } from "#lib/domain/lock-list.ts";
import { createAgedJson } from "./aged-json.ts";

const writeLock = createAgedJson<Lock>(contentOf);

/** Serial numbers mean nothing in another process. */
const PROCESS_ID = crypto.randomUUID();
const serials = new WeakMap<object, number>();
let lastSerial = 0;

/** A text that is the same only for lists that are the same but for the time and the ages; much shorter than the list. */
export function nameContentOfList(list: LockList): string {
  const { asOf: _, locks, ...rest } = list;
  return JSON.stringify([PROCESS_ID, locks.map(serialOf), rest]);
}

/** The list as JSON. */
export function writeLockList(list: LockList): string {
  const { locks, ...rest } = list;
  return `${JSON.stringify(rest).slice(0, -1)},"locks":[${locks.map((lock) => writeLock(lock)).join(",")}]}`;
}

function serialOf(lock: Lock): number {
  const content = contentOf(lock);
  const known = serials.get(content);
  if (known !== undefined) return known;
  lastSerial += 1;
  serials.set(content, lastSerial);
  return lastSerial;
}
