import type { Mechanism, SourceError, SourceNotice, SourceStatus } from "./source.ts";

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
  /** End of the last complete sweep: no range of keys is older than this. */
  readonly lastScanAt: string | null;
  /** End of the last look at the places where states and locks are known to be; null when there was none. */
  readonly lastRefreshAt: string | null;
  readonly lastAttemptAt: string | null;
  readonly durationMs: number | null;
  readonly requests: number | null;
  readonly objectsSeen: number | null;
  readonly locksFound: number | null;
  readonly foreignSeen: number | null;
  readonly error: SourceError | null;
  readonly notice: SourceNotice | null;
  /** About when the next look begins, and what it will be; null when it is due. */
  readonly nextLookAt: string | null;
  readonly nextLook: "sweep" | "refresh";
  /** Estimates by the last looks and the schedule; null before the first sweep. */
  readonly requestsPerDay: number | null;
  readonly dollarsPerMonth: number | null;
  /** The budget, where one is set. */
  readonly requestsPerDayMax: number | null;
  readonly running: {
    readonly startedAt: string;
    readonly pages: number;
    readonly objectsSeen: number;
    readonly locksFound: number;
  } | null;
};
