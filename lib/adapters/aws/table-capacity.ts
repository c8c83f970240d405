import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from "@aws-sdk/client-dynamodb";
import type { Source } from "#lib/domain/source.ts";
import { formatTableName } from "./account-clients.ts";
import { AssumeRoleError } from "./assume-role.ts";
import { isAccessDenied } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import type { ReadRate } from "./read-budget.ts";

/** What a table can give in reads, as DescribeTable says. */
export type TableCapacity = {
  readonly mode: "provisioned" | "on_demand" | "unknown";
  /** Units a second: what is provisioned, or the most that an on-demand table was set to give; null when there is no such number. */
  readonly readUnits: number | null;
  /** AWS counts these about every six hours. */
  readonly sizeBytes: number | null;
  readonly items: number | null;
  /** AWS would tell, but not to our role. */
  readonly isDenied: boolean;
};

export const UNKNOWN_CAPACITY: TableCapacity = {
  mode: "unknown",
  readUnits: null,
  sizeBytes: null,
  items: null,
  isDenied: false,
};

/** A page of a scan ends at this size. */
export const PAGE_BYTES = 1024 * 1024;
/** Eventually consistent reads cost half a unit for every 4 KB of a page begun. */
export const BLOCK_BYTES = 4096;
export const BLOCK_UNITS = 0.5;
const PAGE_UNITS = (PAGE_BYTES / BLOCK_BYTES) * BLOCK_UNITS;

const SHARE = 0.25;
const WINDOW_MS = 10_000;
const ON_DEMAND_UNITS = 500;
/** A table with one unit a second, the smallest there is, saves up 300: this much of them is not missed. */
const UNKNOWN_BURST_UNITS = 25;
const UNKNOWN_PAGE_UNITS = 5;

export type TableRate = ReadRate & {
  /** Most that one page is planned to take. */
  readonly pageUnits: number;
};

/**
 * How fast a table may be read without slowing Terraform down: a quarter of its capacity, in pages of a quarter of a second's
 * worth. One whose capacity is not known is treated as the smallest there is, after a small burst that no table misses.
 */
export function chooseRate({ mode, readUnits }: TableCapacity): TableRate {
  if (mode === "unknown") {
    const unitsPerSecond = SHARE;
    const windowUnits = UNKNOWN_BURST_UNITS + (unitsPerSecond * WINDOW_MS) / 1000;
    const burstUnits = UNKNOWN_BURST_UNITS;
    return { unitsPerSecond, burstUnits, windowMs: WINDOW_MS, windowUnits, pageUnits: UNKNOWN_PAGE_UNITS };
  }
  const isBounded = readUnits !== null && (mode === "provisioned" || SHARE * readUnits < ON_DEMAND_UNITS);
  if (!isBounded) {
    const unitsPerSecond = ON_DEMAND_UNITS;
    return {
      unitsPerSecond,
      burstUnits: unitsPerSecond,
      windowMs: 1000,
      windowUnits: unitsPerSecond,
      pageUnits: PAGE_UNITS,
    };
  }
  const unitsPerSecond = SHARE * readUnits;
  const pageUnits = Math.min(PAGE_UNITS, Math.max(BLOCK_UNITS, Math.floor(unitsPerSecond / BLOCK_UNITS) * BLOCK_UNITS));
  return {
    unitsPerSecond,
    burstUnits: pageUnits,
    windowMs: WINDOW_MS,
    windowUnits: (unitsPerSecond * WINDOW_MS) / 1000,
    pageUnits,
  };
}

/** Below this a table is read in one go: a lock table is one partition, and more readers only burst. */
const PARALLEL_PAGES = 20;
const PARALLEL_SEGMENTS = 4;

/** In how many parts a table is read at once. */
export function chooseSegments({ mode, readUnits, sizeBytes }: TableCapacity): number {
  if (mode !== "on_demand" || readUnits !== null) return 1;
  return (sizeBytes ?? 0) / PAGE_BYTES >= PARALLEL_PAGES ? PARALLEL_SEGMENTS : 1;
}

/**
 * Asks for a table's capacity. Unknown where AWS will not tell or what answers cannot; throws only what the scan itself would
 * meet too: no role, no credentials, nobody there.
 */
export async function describeCapacity(
  client: DynamoDBClient,
  source: Source,
  call: <T>(send: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>,
): Promise<TableCapacity> {
  const command = new DescribeTableCommand({ TableName: formatTableName(source) });
  try {
    const answer = await call((abortSignal) => client.send(command, { abortSignal }));
    return readDescription(answer.Table);
  } catch (thrown) {
    const failure = readFailure(thrown);
    const isHopeless = failure.kind === "not_sent" || failure.kind === "no_credentials" || failure.kind === "internal";
    if (thrown instanceof AssumeRoleError || isHopeless) throw thrown;
    return { ...UNKNOWN_CAPACITY, isDenied: isAccessDenied(failure) };
  }
}

function readDescription(table: TableDescription | undefined): TableCapacity {
  if (table === undefined) return UNKNOWN_CAPACITY;
  const size = { sizeBytes: table.TableSizeBytes ?? null, items: table.ItemCount ?? null, isDenied: false };
  if (table.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST") {
    const most = table.OnDemandThroughput?.MaxReadRequestUnits ?? 0;
    return { mode: "on_demand", readUnits: most > 0 ? most : null, ...size };
  }
  // A table that was never anything but provisioned has no summary of its billing.
  const units = table.ProvisionedThroughput?.ReadCapacityUnits ?? 0;
  return units > 0 ? { mode: "provisioned", readUnits: units, ...size } : { ...UNKNOWN_CAPACITY, ...size };
}
