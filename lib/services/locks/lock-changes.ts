import type { Lock } from "#lib/domain/lock.ts";
import { contentOf } from "#lib/domain/lock-builder.ts";
import { type LockRow, toLockRow } from "#lib/domain/lock-row.ts";

/** Words that only say a longer time are sent again no sooner than this. */
const AGED_EVERY_MS = 60_000;

/** A row as viewers have it. */
export type KnownRow = { readonly row: LockRow; readonly content: object; readonly sentAtMs: number };
export type KnownRows = ReadonlyMap<string, KnownRow>;

export type RowChanges = {
  readonly known: KnownRows;
  readonly changed: readonly LockRow[];
  readonly gone: readonly string[];
};

/**
 * Compares locks with the rows that viewers have. Ages do not count as changes, for a viewer's clock tells them; a row that
 * did not change stays the same object.
 */
export function findRowChanges(before: KnownRows, locks: readonly Lock[], nowMs: number): RowChanges {
  const known = new Map<string, KnownRow>();
  const changed: LockRow[] = [];
  for (const lock of locks) {
    const last = before.get(lock.key);
    const content = contentOf(lock);
    if (last?.content === content) {
      known.set(lock.key, last);
      continue;
    }
    const row = toLockRow(lock);
    const difference = last === undefined ? "other" : compareRows(last.row, row);
    const isOld = last !== undefined && (nowMs - last.sentAtMs >= AGED_EVERY_MS || nowMs < last.sentAtMs);
    if (last !== undefined && difference === "none") {
      known.set(lock.key, { ...last, content });
    } else if (last !== undefined && difference === "aged" && !isOld) {
      // Its content stays the old one, so that it is looked at again.
      known.set(lock.key, last);
    } else {
      known.set(lock.key, { row, content, sentAtMs: nowMs });
      changed.push(row);
    }
  }
  return { known, changed, gone: [...before.keys()].filter((key) => !known.has(key)) };
}

/** Whether two rows of one lock differ: not, or only in how long ago something was, or else. */
export function compareRows(a: LockRow, b: LockRow): "none" | "aged" | "other" {
  let difference: "none" | "aged" = "none";
  for (const name of FIELDS) {
    if (a[name] === b[name]) continue;
    if (name === "headline" && withoutDurations(a.headline) === withoutDurations(b.headline)) difference = "aged";
    else if (name !== "holder" && name !== "mechanisms") return "other";
    else if (JSON.stringify(a[name]) !== JSON.stringify(b[name])) return "other";
  }
  return difference;
}

type Field = Exclude<keyof LockRow, "ageMs">;

/** All but the age; typed so that a new field of a row cannot be forgotten. */
const FIELDS = Object.keys({
  key: true,
  account: true,
  bucket: true,
  region: true,
  statePath: true,
  stateKey: true,
  workspace: true,
  status: true,
  lockId: true,
  operation: true,
  operationLabel: true,
  who: true,
  holder: true,
  createdAt: true,
  acquiredAt: true,
  firstSeenAt: true,
  ageFrom: true,
  hasClockSkew: true,
  fingerprint: true,
  attention: true,
  headline: true,
  canUnlock: true,
  unlockBlockedBy: true,
  isLastKnown: true,
  mechanisms: true,
} satisfies Record<Field, true>) as readonly Field[];

function withoutDurations(text: string): string {
  return text.replace(/\d+ (s|min|h|d)\b/g, "");
}
