import { createColumnHelper, createSortedRowModel, rowSortingFeature, tableFeatures } from "@tanstack/react-table";
import type { Lock } from "#lib/domain/lock.ts";
import type { LockColumnId } from "./lock-column-ids.ts";
import { describeStatus } from "./lock-words.ts";
import type { ShownLock } from "./locks-snapshot.ts";

export const lockTableFeatures = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

const helper = createColumnHelper<typeof lockTableFeatures, ShownLock>();

/** Comparison by code units: as fast as it gets for ten thousand rows, and the same everywhere. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function textColumn(id: LockColumnId, read: (lock: Lock) => string | null) {
  return helper.accessor(({ placed }) => read(placed)?.toLowerCase(), {
    id,
    sortUndefined: "last",
    sortFn: (a, b, column) => compareText(a.getValue<string>(column), b.getValue<string>(column)),
  });
}

export const lockColumns = helper.columns([
  textColumn("status", (lock) => describeStatus(lock).word),
  textColumn("path", (lock) => `${lock.stateKey}\n${lock.bucket}`),
  textColumn("holder", (lock) => lock.who),
  textColumn("operation", (lock) => lock.operationLabel),
  helper.accessor(({ placed }) => placed.ageMs ?? undefined, {
    id: "age",
    sortUndefined: "last",
    sortFn: (a, b, column) => a.getValue<number>(column) - b.getValue<number>(column),
  }),
  textColumn("evidence", (lock) => lock.headline),
  textColumn("account", (lock) => lock.account),
  textColumn("halves", (lock) => lock.halves.map((half) => half.mechanism).join(" ")),
]);
