import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { Source } from "#lib/domain/source.ts";
import { formatTableName } from "./account-clients.ts";
import { formatItem } from "./attribute-value.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import type { AwsLimits } from "./limits.ts";
import type { ScanCalls } from "./scan-calls.ts";
import type { TableMeter } from "./table-meter.ts";

export type TablePage = {
  readonly items: readonly Record<string, AttributeValue>[];
  readonly scanned: number;
  /** Items that the filter kept away: plain digests. */
  readonly filteredOut: number;
  readonly units: number;
};

export type TableReader = {
  readonly client: DynamoDBClient;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly meter: TableMeter;
};

/**
 * Reads one part of a table to its end, eventually consistent. The filter spares the transfer of digests, which are nearly all
 * of a table, so a page may well come back empty. Items come whole: a projection would spare nothing (a lock of Terraform's is
 * `LockID` and `Info`), and an odd item would have to be read again, at half a unit each and as of another moment.
 */
export async function* scanPages(
  { client, source, calls, limits, meter }: TableReader,
  part: { segment: number; segments: number },
): AsyncGenerator<TablePage> {
  let startKey: Record<string, AttributeValue> | undefined;
  do {
    const plan = meter.pages.plan(meter.rate().pageUnits);
    const limit = Math.min(plan.items ?? Number.POSITIVE_INFINITY, limits.tablePageItems ?? Number.POSITIVE_INFINITY);
    const command = new ScanCommand({
      TableName: formatTableName(source),
      FilterExpression: "attribute_exists(#info) OR attribute_not_exists(#digest)",
      ExpressionAttributeNames: { "#info": "Info", "#digest": "Digest" },
      ExclusiveStartKey: startKey,
      ReturnConsumedCapacity: "TOTAL",
      ...(Number.isFinite(limit) ? { Limit: limit } : {}),
      ...(part.segments > 1 ? { Segment: part.segment, TotalSegments: part.segments } : {}),
    });
    calls.count(command.middlewareStack);
    const { answer, units } = await meter.read({
      plannedUnits: plan.heldUnits,
      stack: command.middlewareStack,
      send: () => calls.run((abortSignal) => client.send(command, { abortSignal })),
      unitsOf({ ConsumedCapacity, ScannedCount, Items, LastEvaluatedKey }) {
        if (ConsumedCapacity?.CapacityUnits !== undefined) return ConsumedCapacity.CapacityUnits;
        const isFull = LastEvaluatedKey !== undefined && !Number.isFinite(limit);
        return isFull ? plan.units : meter.pages.estimateUnits(ScannedCount ?? Items?.length ?? 0);
      },
    });
    if (answer.Items === undefined) {
      throw new InvalidAnswerError("What answered in place of DynamoDB gives no items.");
    }
    const { Items: items, ScannedCount: scanned = items.length } = answer;
    if (answer.ConsumedCapacity?.CapacityUnits !== undefined) meter.pages.learn({ plan, scanned, units });
    yield { items, scanned, filteredOut: scanned - items.length, units };
    const nextKey = answer.LastEvaluatedKey;
    if (nextKey !== undefined && startKey !== undefined && formatItem(nextKey) === formatItem(startKey)) {
      throw new InvalidAnswerError("The scan goes round in circles: a page came twice.");
    }
    startKey = nextKey;
  } while (startKey !== undefined);
}
