import type { KeyRange } from "./key-range.ts";

/** Where to look between two complete sweeps: ranges to list, and places to ask for one by one. Locks elsewhere stay as they were. */
export type RefreshPlan = {
  readonly ranges: readonly KeyRange[];
  /** Keys of lock objects, or `LockID`s of a table. */
  readonly locations: readonly string[];
};
