import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { HalfBody, ObservedHalf } from "#lib/domain/half.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import type { SweepProgress, SweepResult } from "#lib/services/ports.ts";
import { formatTableName } from "./account-clients.ts";
import { formatItem } from "./attribute-value.ts";
import { describeFailure } from "./aws-errors.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { AwsLimits } from "./limits.ts";
import { type LockItem, readItem } from "./lock-item.ts";
import type { ScanCalls } from "./scan-calls.ts";

type TableSweep = {
  readonly client: DynamoDBClient;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly onProgress: (progress: SweepProgress) => void;
  readonly onFailure: (thrown: unknown) => void;
};

/** Scans a lock table to its end. Never throws. */
export async function sweepTable(sweep: TableSweep): Promise<SweepResult> {
  const { source, calls, limits, onProgress } = sweep;
  const halves: ObservedHalf[] = [];
  let pages = 0;
  let objectsSeen = 0;
  let digestsSeen = 0;
  let foreignSeen = 0;
  let bytesLeft = limits.sweepBodyBytes;
  let error: SourceError | null = null;
  try {
    for await (const page of scanPages(sweep)) {
      objectsSeen += page.scanned;
      digestsSeen += page.filteredOut;
      for (const item of page.items) {
        if (item["LockID"] === undefined) throw new InvalidAnswerError(NO_LOCK_TABLE);
        const read = readItem(item, limits.bodyBytes);
        if (read.kind === "digest") digestsSeen += 1;
        else if (read.kind === "foreign") foreignSeen += 1;
        else {
          const half = makeHalf(source, read, bytesLeft > 0);
          halves.push(half);
          bytesLeft -= half.body.kind === "denied" ? 0 : half.body.bytes.length;
        }
      }
      pages += 1;
      onProgress({ pages, objectsSeen, locksFound: halves.length });
    }
  } catch (thrown) {
    sweep.onFailure(thrown);
    error = describeFailure(thrown, source, "Scan");
  }
  const outcome = error === null ? "ok" : pages === 0 ? "error" : "partial";
  return { outcome, halves, requests: calls.counted(), objectsSeen, digestsSeen, foreignSeen, error };
}

const NO_LOCK_TABLE = "The table has no LockID key, so it is not a table of Terraform locks.";

type TablePage = {
  readonly items: readonly Record<string, AttributeValue>[];
  readonly scanned: number;
  /** Items that the filter kept away: plain digests. */
  readonly filteredOut: number;
};

/** The filter spares the transfer of digests, which are nearly all of a table; a page may well come back empty. */
async function* scanPages({ client, source, calls, limits }: TableSweep): AsyncGenerator<TablePage> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const command = new ScanCommand({
      TableName: formatTableName(source),
      FilterExpression: "attribute_exists(#info) OR attribute_not_exists(#digest)",
      ExpressionAttributeNames: { "#info": "Info", "#digest": "Digest" },
      ExclusiveStartKey: startKey,
      Limit: limits.tablePageItems ?? undefined,
    });
    calls.count(command.middlewareStack);
    const answer = await calls.run((abortSignal) => client.send(command, { abortSignal }));
    if (answer.Items === undefined) {
      throw new InvalidAnswerError("What answered in place of DynamoDB gives no items.");
    }
    const { Items: items, ScannedCount: scanned = items.length } = answer;
    yield { items, scanned, filteredOut: scanned - items.length };
    const nextKey = answer.LastEvaluatedKey;
    if (nextKey !== undefined && startKey !== undefined && formatItem(nextKey) === formatItem(startKey)) {
      throw new InvalidAnswerError("The scan goes round in circles: a page came twice.");
    }
    startKey = nextKey;
  } while (startKey !== undefined);
}

function makeHalf(source: Source, read: LockItem, isKept: boolean): ObservedHalf {
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
