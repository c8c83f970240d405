import type { Source, SourceError, SourceNotice } from "#lib/domain/source.ts";
import { formatStatement } from "./iam-statements.ts";
import { BLOCK_BYTES, BLOCK_UNITS, type TableCapacity } from "./table-capacity.ts";

/** Sweeps that take longer by our own restraint are worth telling of. */
const SLOW_MS = 60_000;

/** What a person should know of how a table is read; null when there is nothing. `units` are those of a whole sweep, if one ended. */
export function makeTableNotice(
  source: Source,
  look: { capacity: TableCapacity; units: number | null; unitsPerSecond: number; burstUnits: number },
): SourceNotice | null {
  const { capacity, unitsPerSecond, burstUnits } = look;
  const { sizeBytes } = capacity;
  const sizeUnits = sizeBytes === null ? null : Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_UNITS;
  const units = look.units ?? sizeUnits ?? 0;
  const tookMs = (Math.max(0, units - burstUnits) / unitsPerSecond) * 1000;
  const isSlow = tookMs >= SLOW_MS;
  const minutes = Math.ceil(tookMs / 60_000);
  if (capacity.mode === "unknown") {
    const pace = isSlow ? `, and a sweep takes about ${minutes} min` : "";
    const message = `The read capacity of the table ${source.name} is not known, so it is read as slowly as the smallest table needs${pace}.`;
    if (capacity.isDenied) {
      const { scanRoleArn } = source.account;
      const who = scanRoleArn === null ? "the identity Lockkeeper runs with" : `the role ${scanRoleArn}`;
      const hint = `AWS denies dynamodb:DescribeTable. Add this statement to ${who}: ${formatStatement(source, "DescribeTable")}`;
      return { code: "capacity_unknown", message, hint };
    }
    if (!isSlow) return null;
    return { code: "capacity_unknown", message, hint: "DescribeTable was not answered; the next scan asks again." };
  }
  if (!isSlow) return null;
  return {
    code: "slow_table",
    message: `A sweep of the table ${source.name} takes about ${minutes} min by the table's read capacity.`,
    hint: `Lockkeeper takes at most ${unitsPerSecond} read units a second of it, so that Terraform never waits. Raise the table's read capacity, or switch it to on-demand.`,
  };
}

/** Why a table is not read now. */
export function makeRestError(source: Source, restMs: number): SourceError {
  const minutes = Math.max(1, Math.ceil(restMs / 60_000));
  return {
    code: "throttled",
    message: `DynamoDB refused to read the table ${source.name} for want of capacity, so Lockkeeper leaves it alone for another ${minutes} min.`,
    hint: REST_HINT,
    statement: null,
  };
}

export const REST_HINT =
  "Terraform's own calls go first, also before a scan asked for by hand: Lockkeeper leaves the table alone for 5 minutes and shows what it knew. Raise the table's read capacity, or switch it to on-demand.";
