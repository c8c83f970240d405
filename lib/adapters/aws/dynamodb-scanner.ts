import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { HalfBody, ObservedHalf } from "#lib/domain/half.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import type { SweepProgress, SweepResult } from "#lib/services/ports/scanning.ts";
import { describeFailure } from "./aws-errors.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { AwsLimits } from "./limits.ts";
import { type LockItem, readItem } from "./lock-item.ts";
import { StoppedError } from "./pace-clock.ts";
import type { ScanCalls } from "./scan-calls.ts";
import { chooseSegments, describeCapacity, type TableCapacity } from "./table-capacity.ts";
import { TableAtRestError, type TableMeter } from "./table-meter.ts";
import { makeRestError, makeTableNotice, REST_HINT } from "./table-notice.ts";
import { scanPages, type TablePage } from "./table-pages.ts";

export type TableSweep = {
  readonly client: DynamoDBClient;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly meter: TableMeter;
  readonly onProgress: (progress: SweepProgress) => void;
  readonly onFailure: (thrown: unknown) => void;
  readonly onFound?: ((halves: readonly ObservedHalf[]) => void) | undefined;
};

/**
 * Scans a lock table to its end, as fast as its capacity allows without Terraform noticing. `requests` are those that read
 * items; asking for the capacity costs nothing. Never throws.
 */
export async function sweepTable(sweep: TableSweep): Promise<SweepResult> {
  const { source, calls, meter } = sweep;
  const restMs = meter.restMs();
  if (restMs > 0) return { ...NOTHING, error: makeRestError(source, restMs) };
  let capacity: TableCapacity;
  try {
    capacity = await meter.capacity(() => describeCapacity(sweep.client, source, calls.run));
  } catch (thrown) {
    sweep.onFailure(thrown);
    return { ...NOTHING, error: describeFailure(thrown, source, "DescribeTable") };
  }
  const seen = createTableView(sweep);
  const error = await readParts(sweep, chooseSegments(capacity), seen.take);
  const { pages, readUnits, ...counts } = seen.counts();
  const outcome = error === null ? "ok" : pages === 0 ? "error" : "partial";
  const units = error === null ? readUnits : null;
  const notice = makeTableNotice(source, { capacity, units, ...meter.rate() });
  return { outcome, halves: seen.halves, requests: calls.counted(), ...counts, readUnits, notice, error };
}

/** Reads all parts at once; the first failure ends the others at their next page. */
async function readParts(
  sweep: TableSweep,
  segments: number,
  take: (page: TablePage) => void,
): Promise<SourceError | null> {
  let error: SourceError | null = null;
  await Promise.all(
    Array.from({ length: segments }, async (_, segment) => {
      try {
        for await (const page of scanPages(sweep, { segment, segments })) {
          take(page);
          if (error !== null) return;
        }
      } catch (thrown) {
        sweep.onFailure(thrown);
        error ??= explain(thrown, sweep);
      }
    }),
  );
  return error;
}

function explain(thrown: unknown, { source, meter }: TableSweep): SourceError {
  if (thrown instanceof StoppedError) return STOPPED;
  if (thrown instanceof TableAtRestError) return makeRestError(source, meter.restMs());
  const error = describeFailure(thrown, source, "Scan");
  return error.code === "throttled" && meter.restMs() > 0 ? { ...error, hint: REST_HINT } : error;
}

/** Takes pages in, from however many parts they come. */
function createTableView({ source, limits, onProgress, onFound }: TableSweep) {
  const halves: ObservedHalf[] = [];
  let pages = 0;
  let objectsSeen = 0;
  let digestsSeen = 0;
  let foreignSeen = 0;
  let readUnits = 0;
  let bytesLeft = limits.sweepBodyBytes;

  return {
    halves,
    take(page: TablePage): void {
      const found: ObservedHalf[] = [];
      objectsSeen += page.scanned;
      digestsSeen += page.filteredOut;
      readUnits += page.units;
      for (const item of page.items) {
        if (item["LockID"] === undefined) throw new InvalidAnswerError(NO_LOCK_TABLE);
        const read = readItem(item, limits.bodyBytes);
        if (read.kind === "digest") digestsSeen += 1;
        else if (read.kind === "foreign") foreignSeen += 1;
        else {
          const half = makeHalf(source, read, bytesLeft > 0);
          found.push(half);
          bytesLeft -= half.body.kind === "denied" ? 0 : half.body.bytes.length;
        }
      }
      halves.push(...found);
      pages += 1;
      if (found.length > 0) onFound?.(found);
      onProgress({ pages, objectsSeen, locksFound: halves.length });
    },
    counts: () => ({ pages, objectsSeen, digestsSeen, foreignSeen, readUnits }),
  };
}

const NO_LOCK_TABLE = "The table has no LockID key, so it is not a table of Terraform locks.";

export const STOPPED = {
  code: "unexpected",
  message: "Lockkeeper was stopped while it read this table.",
  hint: "The next scan reads it from the beginning.",
  statement: null,
} as const;

const NOTHING = {
  outcome: "error",
  halves: [],
  requests: 0,
  objectsSeen: 0,
  digestsSeen: 0,
  foreignSeen: 0,
} as const;

export function makeHalf(source: Source, read: LockItem, isKept: boolean): ObservedHalf {
  const tooMany: HalfBody = {
    kind: "denied",
    sizeBytes: null,
    problem: "Not read: this table holds too many lock bodies.",
  };
  const body = isKept ? read.body : tooMany;
  return {
    sourceId: source.id,
    mechanism: "dynamodb",
    location: read.lockId,
    bucket: read.statePath.bucket,
    stateKey: read.statePath.stateKey,
    body,
    fingerprint: fingerprintOf(body),
    etag: null,
    versionId: null,
    lastModifiedMs: null,
    state: null,
  };
}
