import type { Lock } from "./lock.ts";
import type { LockCounts } from "./lock-filter.ts";
import type { SourceView } from "./source-view.ts";

/** What `GET /api/v1/locks` answers. */
export type LockList = {
  readonly asOf: string;
  readonly sources: readonly SourceView[];
  readonly locks: readonly Lock[];
  readonly nextCursor: string | null;
  readonly counts: LockCounts;
  readonly matching: number;
};
