/** A lock table that exists only as a rule, with DynamoDB's meter: which item has which place, and what a read of it costs. */
export type VirtualTable = {
  items: number;
  /** Every so many items one is a lock; all others are digests. */
  lockEvery: number;
  /** Provisioned read units a second; 0 is an on-demand table. */
  readUnits: number;
  /** What of its saved units (300 seconds' worth) it has at the start, from 0 to 1. */
  savedShare: number;
  /** What DescribeTable answers: an old emulator knows no such operation, and a role may not be allowed it. */
  describe: "tells" | "denied" | "unknown";
  /** Whether a read says what it took. */
  isMetered: boolean;
  /** Bytes of a digest beyond those of its path; grows for the items of the second half when set. */
  padding: number;
  /** The place of one digest of 390 kB; -1 is none. */
  hugeAt: number;
};

export type VirtualRead = { atMs: number; operation: string; units: number };

export type VirtualAnswer = { status: number; body: string };

type Item = Record<string, { S: string }>;
type Input = {
  ExclusiveStartKey?: Item;
  Limit?: number;
  Segment?: number;
  TotalSegments?: number;
  FilterExpression?: string;
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: string;
  Key?: Item;
  RequestItems?: Record<string, { Keys: Item[]; ConsistentRead?: boolean }>;
};

const PAGE_BYTES = 1024 * 1024;
const BLOCK_BYTES = 4096;
const SAVED_SECONDS = 300;

export const DEFAULT_TABLE: VirtualTable = {
  items: 1_000,
  lockEvery: 1_000,
  readUnits: 0,
  savedShare: 1,
  describe: "tells",
  isMetered: true,
  padding: 0,
  hugeAt: -1,
};

/** Serves one table; every read, allowed or refused, is kept with its time on the clock it is given. */
export function createVirtualTable(settings: Partial<VirtualTable>, nowMs: () => number) {
  const table = { ...DEFAULT_TABLE, ...settings };
  const reads: VirtualRead[] = [];
  const counts = { scans: 0, refused: 0, describes: 0, gets: 0, bytes: 0 };
  let saved = table.savedShare * table.readUnits * SAVED_SECONDS;
  let savedAtMs = nowMs();

  /** Meters a read as DynamoDB does: what is left may go below zero once, and then everything is refused. */
  function take(operation: string, bytes: number, isConsistent: boolean): number | null {
    const atMs = nowMs();
    const units = Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * (isConsistent ? 1 : 0.5);
    if (table.readUnits > 0) {
      const refilled = saved + ((atMs - savedAtMs) / 1000) * table.readUnits;
      saved = Math.min(table.readUnits * SAVED_SECONDS, refilled);
      savedAtMs = atMs;
      if (saved <= 0) {
        counts.refused += 1;
        return null;
      }
      saved -= units;
    }
    reads.push({ atMs, operation, units });
    return units;
  }

  function scan(input: Input): VirtualAnswer {
    counts.scans += 1;
    const { Segment: segment = 0, TotalSegments: segments = 1, Limit: limit = Number.POSITIVE_INFINITY } = input;
    const end = Math.floor((table.items * (segment + 1)) / segments);
    const lastKey = input.ExclusiveStartKey?.["LockID"]?.S;
    let index = lastKey === undefined ? Math.floor((table.items * segment) / segments) : indexOf(lastKey) + 1;
    let bytes = 0;
    let scanned = 0;
    const found: Item[] = [];
    while (index < end && scanned < limit && bytes < PAGE_BYTES) {
      const item = itemAt(table, index);
      bytes += sizeOf(item);
      scanned += 1;
      // As after metering: what is filtered away has been read and paid for.
      if (input.FilterExpression === undefined || item["Digest"] === undefined) found.push(item);
      index += 1;
    }
    const units = take("Scan", bytes, input.ConsistentRead === true);
    if (units === null) return THROTTLED;
    // A page that ends at its limit has a next one, even if that is empty.
    const isCut = scanned >= limit || bytes >= PAGE_BYTES;
    const isTold = table.isMetered && input.ReturnConsumedCapacity === "TOTAL";
    return answer({
      Items: found,
      Count: found.length,
      ScannedCount: scanned,
      ...(isCut ? { LastEvaluatedKey: keyAt(index - 1, table) } : {}),
      ...(isTold ? { ConsumedCapacity: { TableName: "locks", CapacityUnits: units } } : {}),
    });
  }

  function getItem({ Key, ConsistentRead = false }: Input): VirtualAnswer {
    counts.gets += 1;
    const item = findItem(table, Key);
    const units = take("GetItem", item === null ? 0 : sizeOf(item), ConsistentRead);
    if (units === null) return THROTTLED;
    return answer({ ...(item === null ? {} : { Item: item }), ConsumedCapacity: { CapacityUnits: units } });
  }

  /** Keys for which nothing is left come back unprocessed. */
  function batchGetItem({ RequestItems = {} }: Input): VirtualAnswer {
    counts.gets += 1;
    const [[name, asked] = ["locks", { Keys: [] }]] = Object.entries(RequestItems);
    const found: Item[] = [];
    const left: Item[] = [];
    let units = 0;
    for (const key of asked.Keys) {
      const item = findItem(table, key);
      const taken = take("BatchGetItem", item === null ? 0 : sizeOf(item), asked.ConsistentRead === true);
      if (taken === null) left.push(key);
      else if (item !== null) found.push(item);
      units += taken ?? 0;
    }
    if (left.length === asked.Keys.length && left.length > 0) return THROTTLED;
    return answer({
      Responses: { [name]: found },
      UnprocessedKeys: left.length === 0 ? {} : { [name]: { ...asked, Keys: left } },
      ConsumedCapacity: [{ TableName: name, CapacityUnits: units }],
    });
  }

  function describeTable(): VirtualAnswer {
    counts.describes += 1;
    if (table.describe === "denied") return failure("com.amazon.coral.service#AccessDeniedException");
    if (table.describe === "unknown") return failure("com.amazon.coral.service#UnknownOperationException");
    const step = Math.max(1, Math.floor(table.items / 1_000));
    let sampled = 0;
    let sampledBytes = 0;
    for (let index = 0; index < table.items; index += step) {
      sampled += 1;
      sampledBytes += sizeOf(itemAt(table, index));
    }
    return answer({
      Table: {
        TableName: "locks",
        TableStatus: "ACTIVE",
        ItemCount: table.items,
        TableSizeBytes: Math.round((sampledBytes / sampled) * table.items),
        ProvisionedThroughput: { ReadCapacityUnits: table.readUnits, WriteCapacityUnits: table.readUnits },
        ...(table.readUnits === 0 ? { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } } : {}),
      },
    });
  }

  function answer(body: object): VirtualAnswer {
    const text = JSON.stringify(body);
    counts.bytes += text.length;
    return { status: 200, body: text };
  }

  return {
    reads,
    counts,
    /** Somebody else takes this much of what the table has saved up, and more. */
    drain(units: number): void {
      saved -= units;
    },
    /** The LockIDs of all locks that are there. */
    locks(): string[] {
      const all = Array.from({ length: Math.floor(table.items / table.lockEvery) }, (_, lock) =>
        lockIdAt((lock + 1) * table.lockEvery - 1, table),
      );
      return all.toSorted();
    },
    serve(operation: string, input: Input): VirtualAnswer {
      if (operation === "Scan") return scan(input);
      if (operation === "GetItem") return getItem(input);
      if (operation === "BatchGetItem") return batchGetItem(input);
      if (operation === "DescribeTable") return describeTable();
      return failure("com.amazon.coral.service#UnknownOperationException");
    },
  };
}

export type VirtualTableServer = ReturnType<typeof createVirtualTable>;

/** The most units that were taken in any span of this length. */
export function mostUnitsWithin(reads: readonly VirtualRead[], spanMs: number): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const read of reads) {
    sum += read.units;
    for (let oldest = reads[first]; oldest !== undefined && oldest.atMs < read.atMs - spanMs; oldest = reads[first]) {
      sum -= oldest.units;
      first += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}

function isLock(index: number, { lockEvery }: VirtualTable): boolean {
  return index % lockEvery === lockEvery - 1;
}

function lockIdAt(index: number, table: VirtualTable): string {
  const state = `acme-tfstate/teams/team-${index % 97}/service-${String(index).padStart(9, "0")}/terraform.tfstate`;
  return isLock(index, table) ? state : `${state}-md5`;
}

function keyAt(index: number, table: VirtualTable): Item {
  return { LockID: { S: lockIdAt(index, table) } };
}

function indexOf(lockId: string): number {
  return Number(/service-(\d{9})\//.exec(lockId)?.[1] ?? -1);
}

function findItem(table: VirtualTable, key: Item | undefined): Item | null {
  const lockId = key?.["LockID"]?.S ?? "";
  const index = indexOf(lockId);
  return index >= 0 && index < table.items && lockIdAt(index, table) === lockId ? itemAt(table, index) : null;
}

function itemAt(table: VirtualTable, index: number): Item {
  const key = keyAt(index, table);
  if (!isLock(index, table)) {
    const padding = index === table.hugeAt ? 390_000 : index < table.items / 2 ? 0 : table.padding;
    return { ...key, Digest: { S: "9e107d9d372bb6826bd81d3542a419d6".padEnd(32 + padding, "0") } };
  }
  const info = {
    ID: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    Operation: "OperationTypeApply",
    Info: "",
    Who: "runner@ci-7",
    Version: "1.13.4",
    Created: "2026-11-24T00:00:00.000000001Z",
    Path: key["LockID"]?.S,
  };
  return { ...key, Info: { S: JSON.stringify(info) } };
}

/** Names and values as DynamoDB counts them; all of it is ASCII. */
function sizeOf(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += name.length + value.S.length;
  return bytes;
}

const THROTTLED = failure("com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");

function failure(type: string): VirtualAnswer {
  return { status: 400, body: JSON.stringify({ __type: type, message: "As the virtual table was told to." }) };
}
