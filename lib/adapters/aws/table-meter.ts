import type { FinalizeRequestMiddleware, MiddlewareStack } from "@smithy/types";
import type { Source } from "#lib/domain/source.ts";
import { isThrottled } from "./aws-errors.ts";
import type { PaceClock } from "./pace-clock.ts";
import { createPagePlanner, type PagePlanner } from "./page-planner.ts";
import { createReadBudget, type ReadBudget } from "./read-budget.ts";
import { chooseRate, type TableCapacity, type TableRate, UNKNOWN_CAPACITY } from "./table-capacity.ts";

/** A table that had no capacity left is left to Terraform for this long. */
export const REST_MS = 5 * 60_000;
const CAPACITY_KEPT_MS = 5 * 60_000;
/** Where it was not told, a statement may have been added meanwhile. */
const NO_CAPACITY_KEPT_MS = 60_000;

/** More than AWS takes for any one read; who says more is not AWS. */
const READ_UNITS_MAX = 1_000;

/** What a read says of itself; S3-compatible stores and emulators may leave it out. */
type MeteredAnswer = { readonly $metadata: { readonly attempts?: number | undefined } };

/** The capacity of one table and what we took of it, kept over all sweeps and refreshes of this process. */
export type TableMeter = {
  /** How long the table is still left alone after it refused a read; 0 when it may be read. */
  readonly restMs: () => number;
  /** What the table can give; asks only when the last answer is some minutes old. */
  readonly capacity: (ask: () => Promise<TableCapacity>) => Promise<TableCapacity>;
  readonly rate: () => TableRate;
  readonly pages: PagePlanner;
  /**
   * Sends one read as soon as the table can spare it, and books what AWS said that it took. A refusal for want of capacity
   * is not tried again, and begins the table's rest, for reads that wait too.
   */
  readonly read: <Input extends object, Output extends object, Answer extends MeteredAnswer>(read: {
    plannedUnits: number;
    stack: MiddlewareStack<Input, Output>;
    send: () => Promise<Answer>;
    unitsOf: (answer: Answer) => number;
  }) => Promise<{ answer: Answer; units: number }>;
};

export type TableMeters = { readonly of: (source: Source) => TableMeter };

/** Keeps one meter for each table, however many sources name it. */
export function createTableMeters(clock: PaceClock): TableMeters {
  const meters = new Map<string, TableMeter>();
  return {
    of(source) {
      const { account, region, name } = source;
      const id = JSON.stringify([account.id, account.endpoints.dynamodb, region, name]);
      const known = meters.get(id);
      if (known !== undefined) return known;
      const meter = createTableMeter(clock);
      meters.set(id, meter);
      return meter;
    },
  };
}

function createTableMeter(clock: PaceClock): TableMeter {
  let known: TableCapacity = UNKNOWN_CAPACITY;
  let rate = chooseRate(known);
  const budget: ReadBudget = createReadBudget(clock, rate);
  let asked: Promise<TableCapacity> | null = null;
  let askAgainAtMs = Number.NEGATIVE_INFINITY;
  let restUntilMs = Number.NEGATIVE_INFINITY;
  const pages = createPagePlanner();

  function adopt(told: TableCapacity): TableCapacity {
    // An answer that fails now does not make the last one wrong.
    if (told.mode !== "unknown" || known.mode === "unknown") {
      known = told;
      rate = chooseRate(known);
      budget.setRate(rate);
    }
    const { sizeBytes, items } = told;
    if (sizeBytes !== null && items !== null && items > 0) pages.expect(sizeBytes / items);
    askAgainAtMs = clock.monotonicMs() + (told.mode === "unknown" ? NO_CAPACITY_KEPT_MS : CAPACITY_KEPT_MS);
    return known;
  }

  return {
    restMs: () => Math.max(0, restUntilMs - clock.monotonicMs()),
    async capacity(ask) {
      if (asked !== null) return asked;
      if (clock.monotonicMs() < askAgainAtMs) return known;
      asked = ask().then(adopt);
      try {
        return await asked;
      } finally {
        asked = null;
      }
    },
    rate: () => rate,
    pages,
    async read({ plannedUnits, stack, send, unitsOf }) {
      const settle = await budget.reserve(plannedUnits);
      if (clock.monotonicMs() < restUntilMs) {
        settle(0);
        throw new TableAtRestError();
      }
      refuseRetryOfThrottles(stack);
      try {
        const answer = await send();
        const units = Math.min(Math.max(0, unitsOf(answer)), READ_UNITS_MAX);
        // An attempt whose answer was lost may have been metered all the same.
        settle(units + ((answer.$metadata.attempts ?? 1) - 1) * plannedUnits);
        return { answer, units };
      } catch (thrown) {
        settle(plannedUnits);
        if (!(thrown instanceof ThrottledRead)) throw thrown;
        restUntilMs = clock.monotonicMs() + REST_MS;
        throw thrown.refusal;
      }
    },
  };
}

/** Another read of this table was refused while this one waited for its turn. */
export class TableAtRestError extends Error {
  constructor() {
    super("The table is left alone.");
    this.name = "TableAtRestError";
  }
}

/** Wraps AWS's refusal so that the SDK does not take it for one that it should try again. */
class ThrottledRead extends Error {
  readonly refusal: unknown;

  constructor(refusal: unknown) {
    super("The table has no capacity left.");
    this.name = "ThrottledRead";
    this.refusal = refusal;
  }
}

function refuseRetryOfThrottles<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
): void {
  const watch: FinalizeRequestMiddleware<Input, Output> = (next) => async (args) => {
    try {
      return await next(args);
    } catch (thrown) {
      throw isThrottled(thrown) ? new ThrottledRead(thrown) : thrown;
    }
  };
  stack.add(watch, { step: "finalizeRequest", name: "lockkeeperThrottle", priority: "low" });
}
