import { setTimeout as pause } from "node:timers/promises";
import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import { formatTableName } from "./account-clients.ts";
import { describeFailure } from "./aws-errors.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import { makeHalf, STOPPED } from "./dynamodb-scanner.ts";
import type { AwsLimits } from "./limits.ts";
import { readItem } from "./lock-item.ts";
import { StoppedError } from "./pace-clock.ts";
import type { ScanCalls } from "./scan-calls.ts";
import { describeCapacity } from "./table-capacity.ts";
import type { TableMeter } from "./table-meter.ts";
import { makeRestError } from "./table-notice.ts";

export type TableRefresh = {
  readonly client: DynamoDBClient;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly meter: TableMeter;
  readonly plan: RefreshPlan;
  readonly onFailure: (thrown: unknown) => void;
};

/** The most that DynamoDB takes in one request. */
const BATCH_ITEMS = 100;
/** A consistent read of an item up to 4 KB, or of none. */
const UNITS_PER_ITEM = 1;
/** Answers in a row that leave everything undone, with a longer pause before each. */
const IDLE_ANSWERS_MAX = 4;
const PAUSE_MS = 50;

/**
 * Asks for the items that the plan names, as strongly consistent reads: a weaker one may miss an item that is there, and a
 * held lock must never look gone. Covered is what DynamoDB answered for. Never throws.
 */
export async function refreshTable(refresh: TableRefresh): Promise<SweepResult> {
  const { plan, source, calls, meter } = refresh;
  const halves: ObservedHalf[] = [];
  const locations: string[] = [];
  let readUnits = 0;
  let objectsSeen = 0;
  let error: SourceError | null = null;
  const restMs = meter.restMs();
  try {
    if (restMs > 0) error = makeRestError(source, restMs);
    else {
      await meter.capacity(() => describeCapacity(refresh.client, source, calls.run));
      for await (const answer of askBatches(refresh, [...new Set(plan.locations)])) {
        readUnits += answer.units;
        objectsSeen += answer.items.length;
        locations.push(...answer.answered);
        halves.push(...answer.items.flatMap((item) => toHalf(refresh, item) ?? []));
      }
    }
  } catch (thrown) {
    refresh.onFailure(thrown);
    error = explain(thrown, source);
  }
  return {
    outcome: error === null ? "ok" : locations.length > 0 ? "partial" : "error",
    coverage: { kind: "part", ranges: [], locations },
    halves,
    requests: calls.counted(),
    objectsSeen,
    digestsSeen: 0,
    foreignSeen: 0,
    readUnits,
    error,
  };
}

class UndoneError extends Error {}

function explain(thrown: unknown, source: Source): SourceError {
  if (thrown instanceof StoppedError) return STOPPED;
  if (!(thrown instanceof UndoneError)) return describeFailure(thrown, source, "BatchGetItem");
  return {
    code: "throttled",
    message: `DynamoDB has no read capacity left in the table ${source.name}, and leaves items unread.`,
    hint: "The next look asks again. Raise the table's read capacity, or switch it to on-demand.",
    statement: null,
  };
}

/** A digest in a lock's place is no lock, so the lock is gone. */
function toHalf({ source, limits }: TableRefresh, item: Item): ObservedHalf | null {
  const read = readItem(item, limits.bodyBytes);
  return read.kind === "lock" ? makeHalf(source, read, true) : null;
}

type Item = Record<string, AttributeValue>;
type Answer = { readonly items: readonly Item[]; readonly answered: readonly string[]; readonly units: number };

/** Gives each answer with the places it is about; those that DynamoDB left undone are asked for again. */
async function* askBatches(refresh: TableRefresh, places: readonly string[]): AsyncGenerator<Answer> {
  const { meter } = refresh;
  let left = [...places];
  let idle = 0;
  while (left.length > 0) {
    // A small table must not pay for a large batch at once.
    const size = Math.max(1, Math.min(BATCH_ITEMS, Math.floor(meter.rate().pageUnits / UNITS_PER_ITEM)));
    const batch = left.slice(0, size);
    const { undone, ...answer } = await askBatch(refresh, batch);
    const answered = batch.filter((place) => !undone.has(place));
    yield { ...answer, answered };
    idle = answered.length > 0 ? 0 : idle + 1;
    if (idle >= IDLE_ANSWERS_MAX) throw new UndoneError("DynamoDB answers, but reads nothing.");
    if (idle > 0) await pause(PAUSE_MS * 2 ** idle * (0.5 + Math.random()));
    left = [...left.slice(size), ...undone];
  }
}

async function askBatch(
  { client, source, calls, meter }: TableRefresh,
  places: readonly string[],
): Promise<{ items: readonly Item[]; undone: ReadonlySet<string>; units: number }> {
  const keys = places.map((place) => ({ LockID: { S: place } }));
  const command = new BatchGetItemCommand({
    RequestItems: { [formatTableName(source)]: { Keys: keys, ConsistentRead: true } },
    ReturnConsumedCapacity: "TOTAL",
  });
  calls.count(command.middlewareStack);
  const plannedUnits = places.length * UNITS_PER_ITEM;
  const { answer, units } = await meter.read({
    plannedUnits,
    stack: command.middlewareStack,
    send: () => calls.run((abortSignal) => client.send(command, { abortSignal })),
    unitsOf: ({ ConsumedCapacity }) => ConsumedCapacity?.[0]?.CapacityUnits ?? plannedUnits,
  });
  // One table was asked for, whatever AWS calls it. An item that is not there means "gone", so the answer must be DynamoDB's.
  if (answer.Responses === undefined)
    throw new InvalidAnswerError("What answered in place of DynamoDB gives no items.");
  const undone = Object.values(answer.UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? []);
  const asked = new Set(places);
  const undonePlaces = new Set(undone.flatMap(({ LockID }) => LockID?.S ?? []));
  if ([...undonePlaces].some((place) => !asked.has(place)) || undonePlaces.size < undone.length) {
    throw new InvalidAnswerError("What answered in place of DynamoDB names other items.");
  }
  return { items: Object.values(answer.Responses).flat(), undone: undonePlaces, units };
}
