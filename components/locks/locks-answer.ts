import type { SourceView } from "#components/sources/source-view.ts";
import type { Lock } from "#lib/domain/lock.ts";
import type { LockCounts } from "#lib/domain/lock-filter.ts";

/** What `GET /api/v1/locks` answers. */
export type LocksAnswer = {
  readonly asOf: string;
  readonly sources: readonly SourceView[];
  readonly locks: readonly Lock[];
  readonly nextCursor: string | null;
  readonly counts: LockCounts;
  readonly matching: number;
};
