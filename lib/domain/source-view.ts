import type { Mechanism, SourceError, SourceStatus } from "./source.ts";

/** A source as the API answers it. */
export type SourceView = {
  readonly id: string;
  readonly account: string;
  readonly accountId: string;
  readonly kind: Mechanism;
  readonly name: string;
  readonly region: string;
  readonly prefix: string;
  readonly status: SourceStatus;
  readonly lastScanAt: string | null;
  readonly lastAttemptAt: string | null;
  readonly durationMs: number | null;
  readonly requests: number | null;
  readonly objectsSeen: number | null;
  readonly locksFound: number | null;
  readonly foreignSeen: number | null;
  readonly error: SourceError | null;
  readonly running: {
    readonly startedAt: string;
    readonly pages: number;
    readonly objectsSeen: number;
    readonly locksFound: number;
  } | null;
};
