import type { HalfAddress, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { KeyRange } from "#lib/domain/key-range.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { Source, SourceError, SourceNotice, SourceState } from "#lib/domain/source.ts";
import type { SourceMemory } from "#lib/domain/source-memory.ts";
import type { HalfRead, RemovalProof } from "./halves.ts";

/** What a sweep reports while it runs, so that a page can show numbers instead of a spinner. */
export type SweepProgress = { readonly pages: number; readonly objectsSeen: number; readonly locksFound: number };

/** What a look at a source took in: all of it, or only these ranges and places. Only there can it find that a half is gone. */
export type Coverage =
  | { readonly kind: "all" }
  | { readonly kind: "part"; readonly ranges: readonly KeyRange[]; readonly locations: readonly string[] };

/** One complete or broken-off listing of one source, or a refresh of a part. `halves` of an `unchanged` body repeat the known bytes. */
export type SweepResult = {
  readonly outcome: "ok" | "partial" | "error";
  /** Of an `ok` result; without it, all. */
  readonly coverage?: Coverage;
  /** For the next look; without it, what is stored stays. */
  readonly memory?: SourceMemory;
  /** DynamoDB read units that AWS said it took. */
  readonly readUnits?: number;
  /** What a person should know of this source although nothing failed. */
  readonly notice?: SourceNotice | null;
  readonly halves: readonly ObservedHalf[];
  readonly requests: number;
  readonly objectsSeen: number;
  readonly digestsSeen: number;
  readonly foreignSeen: number;
  readonly error: SourceError | null;
};

export type SweepOptions = {
  readonly memory?: SourceMemory;
  /** Called with halves as they are found, each once, before the sweep ends; all of them are in the result too. */
  readonly onFound?: (halves: readonly ObservedHalf[]) => void;
};

/** Reads sources with the scan role; it has no way to write. Never throws: failures are in the result. */
export type SourceScanner = {
  readonly sweep: (
    source: Source,
    known: readonly HalfSighting[],
    onProgress: (progress: SweepProgress) => void,
    options?: SweepOptions,
  ) => Promise<SweepResult>;
  /** Looks only where the plan says, with the same care. Bodies of known halves that did not change are not read again. */
  readonly refresh: (source: Source, known: readonly HalfSighting[], plan: RefreshPlan) => Promise<SweepResult>;
  /** Strongly consistent read of one half, with the scan role. */
  readonly readHalf: (source: Source, address: HalfAddress) => Promise<HalfRead>;
  /** Whether a versioned bucket's history proves that exactly this half was deleted after `sinceMs`, by AWS's time. Never throws. */
  readonly findRemoval: (
    source: Source,
    half: HalfAddress & { readonly etag: string | null; readonly versionId: string | null; readonly sinceMs: number },
  ) => Promise<RemovalProof>;
  /** AWS's time minus ours, from the newest answers; null before the first. Read it with the age of ours: it moves. */
  readonly clockOffsetMs: () => number | null;
};

export type SweepRecord = {
  readonly source: Source;
  /** Only known halves were asked for: the source is no fresher than before, and its times stay. Else the coverage tells. */
  readonly isSpotCheck?: boolean;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly result: SweepResult;
};

export type SightingStore = {
  /** Everything not known to be gone. The same array is returned until something changed. */
  readonly listCurrent: () => Promise<readonly HalfSighting[]>;
  /** Current sightings of one source, for a sweep to compare with. */
  readonly listCurrentOf: (sourceId: string) => Promise<readonly HalfSighting[]>;
  /** The state path whose `computeStatePathHash` (lib/domain/lock-key.ts; stored with each sighting) this is. */
  readonly findStatePath: (
    statePathHash: string,
  ) => Promise<{ readonly bucket: string; readonly stateKey: string } | null>;
  /** Current and past sightings of one state path, newest first, at most `limit`. */
  readonly listOfStatePath: (input: {
    bucket: string;
    stateKey: string;
    limit: number;
  }) => Promise<readonly HalfSighting[]>;
  /**
   * Stores a sweep in one transaction: updates the source's state, adds or refreshes sightings and, if the sweep was
   * complete, marks as gone what it did not see where it looked (`result.coverage`). A sweep never revives what went after the sweep
   * began. Only a complete one that covers all moves `lastScanAtMs`; one that covers a part moves `lastRefreshAtMs`.
   */
  readonly recordSweep: (sweep: SweepRecord) => Promise<void>;
  /**
   * Shows halves that a running sweep found, before its end: adds those that are new, and neither counts a sweep nor marks
   * anything as gone. What went after `startedAtMs` is not revived.
   */
  readonly recordFound: (found: {
    source: Source;
    startedAtMs: number;
    halves: readonly ObservedHalf[];
  }) => Promise<void>;
  /** What the last sweep of a source left for the next look; `NO_MEMORY` when there is none, or it cannot be read. */
  readonly readMemory: (sourceId: string) => Promise<SourceMemory>;
  readonly listSourceStates: () => Promise<readonly SourceState[]>;
  /** Null before the first look at it. */
  readonly findSourceState: (sourceId: string) => Promise<SourceState | null>;
  readonly markGone: (input: {
    address: HalfAddress;
    fingerprint: string | null;
    etag: string | null;
    atMs: number;
    unlockId: string;
  }) => Promise<void>;
};

/** Tells every replica that sightings or sources changed; a change that nobody was told of is found at the next look anyway. */
export type ChangeFeed = {
  /** Calls back soon after each change that any replica stored, and once after a lost connection came back. Returns the end of it. */
  readonly subscribe: (onChange: () => void) => () => void;
};

/** Sweeps running in this process, so that a second request joins the first instead of doubling the calls. */
export type SweepRegistry = {
  readonly running: Map<string, RunningSweep>;
  /** Refreshes that run in this process, by source. */
  readonly refreshing: Map<string, Promise<void>>;
};

export type RunningSweep = {
  readonly startedAtMs: number;
  progress: SweepProgress;
  readonly done: Promise<void>;
};
