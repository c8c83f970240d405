import type { HalfSighting } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SourceScanner } from "#lib/services/ports/scanning.ts";
import { createScanClients } from "./account-clients.ts";
import { type AwsClock, createAwsClock } from "./aws-clock.ts";
import { isCredentialFailure } from "./aws-errors.ts";
import { createBucketListings } from "./bucket-listing.ts";
import { createCallLimiter } from "./call-limiter.ts";
import type { Environment } from "./credentials.ts";
import { sweepTable } from "./dynamodb-scanner.ts";
import { readItemHalf, readObjectHalf } from "./half-reader.ts";
import { AWS_LIMITS, type AwsLimits } from "./limits.ts";
import { createPaceClock } from "./pace-clock.ts";
import { refreshBucket } from "./refresh-bucket.ts";
import { refreshTable } from "./refresh-table.ts";
import { findObjectRemoval } from "./removal-history.ts";
import { sweepBucket } from "./s3-scanner.ts";
import { createScanCalls } from "./scan-calls.ts";
import { createTableMeters } from "./table-meter.ts";

/**
 * Reads buckets and tables on AWS, with scan credentials only. `env` replaces the SDK's search for Lockkeeper's own
 * credentials where it names an access key.
 */
export function createScanner(
  options: {
    env?: Environment | undefined;
    now?: (() => number) | undefined;
    limits?: Partial<AwsLimits> | undefined;
    /** Where another thread's answers are heard as well. */
    clock?: AwsClock | undefined;
    /** Time for the pace at which tables are read: a clock that never jumps, and how to wait. */
    monotonicMs?: (() => number) | undefined;
    pause?: ((ms: number) => Promise<void>) | undefined;
    /** Ends the waits of slow sweeps; what they found by then is in their result. */
    closing?: AbortSignal | undefined;
  } = {},
): SourceScanner {
  const limits = { ...AWS_LIMITS, ...options.limits };
  const now = options.now ?? Date.now;
  const clock = options.clock ?? createAwsClock(now);
  const clients = createScanClients({ environment: options.env, limits, now, clock });
  const limit = createCallLimiter(limits);
  const listings = createBucketListings(limits);
  const meters = createTableMeters(createPaceClock(options));
  const openCalls = (source: Source) => createScanCalls({ account: source.account.id, limit, limits });
  /** What each look at a source needs, whatever it looks at. */
  const open = (source: Source, known: readonly HalfSighting[]) => ({
    source,
    known,
    limits,
    listings,
    calls: openCalls(source),
    onFailure(thrown: unknown) {
      if (isCredentialFailure(thrown)) clients.forget(source.account);
    },
  });

  return {
    async sweep(source, known, onProgress, { memory, onFound } = {}) {
      const sweep = { ...open(source, known), onProgress, memory, onFound };
      if (source.kind === "dynamodb") {
        return sweepTable({ client: clients.dynamodb(source), meter: meters.of(source), ...sweep });
      }
      if (isDirectoryBucket(source)) return { ...NOTHING, error: DIRECTORY_BUCKET };
      return sweepBucket({ client: clients.s3(source), ...sweep });
    },
    async refresh(source, known, plan) {
      const refresh = { ...open(source, known), plan };
      if (source.kind === "dynamodb") {
        return refreshTable({ client: clients.dynamodb(source), meter: meters.of(source), ...refresh });
      }
      if (isDirectoryBucket(source)) return { ...NOTHING, error: DIRECTORY_BUCKET };
      return refreshBucket({ client: clients.s3(source), ...refresh });
    },
    async readHalf(source, { location }) {
      const request = { source, location, bytesMax: limits.bodyBytes, timeoutMs: limits.scanCallMs };
      if (source.kind === "s3") return readObjectHalf({ client: clients.s3(source), ...request });
      return readItemHalf({ client: clients.dynamodb(source), ...request });
    },
    async findRemoval(source, half) {
      if (source.kind === "dynamodb") return NO_HISTORY;
      return findObjectRemoval({ client: clients.s3(source), source, half, call: openCalls(source).run });
    },
    clockOffsetMs: clock.offsetMs,
  };
}

function isDirectoryBucket(source: Source): boolean {
  return source.name.endsWith("--x-s3");
}

const NO_HISTORY = {
  verdict: "not_proven",
  detail: "DynamoDB keeps no history of items.",
  requestId: null,
} as const;

const DIRECTORY_BUCKET = {
  code: "unexpected",
  message: "This is a directory bucket (S3 Express), which Lockkeeper does not support.",
  hint: "Remove it from the configuration.",
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
