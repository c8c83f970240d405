import { DOLLARS_PER_LIST } from "./plan-refresh.ts";
import { DAY_MS, type LookedAt, type ScanRule, spaceLooks } from "./scan-schedule.ts";
import type { Mechanism, SourceState } from "./source.ts";

// List price of us-east-1 without discounts (aws.amazon.com/dynamodb/pricing/on-demand, read request units). Other regions
// differ by some tens of percent, and a table with provisioned capacity costs nothing more for being read.
const DOLLARS_PER_READ_UNIT = 0.125 / 1_000_000;
const DAYS_PER_MONTH = 30;
/** A refresh is planned only where it costs no more than this share of a sweep. */
const REFRESH_SHARE_MAX = 0.5;

/** What looking at a source takes as it is planned now; an estimate, for prices and sources change. */
export type ScanCost = {
  readonly requestsPerDay: number;
  /** Requests alone, without traffic. What a refresh asks counts as listings, so that it is rather too high than too low. */
  readonly dollarsPerMonth: number;
};

/** What a source costs by its last looks and its rule; null before its first sweep. */
export function estimateCost(input: {
  readonly kind: Mechanism;
  readonly state: LookedAt & Pick<SourceState, "readUnits">;
  readonly rule: ScanRule;
  readonly hasRefreshPlan: boolean;
}): ScanCost | null {
  const { kind, state, rule, hasRefreshPlan } = input;
  if (state.requests === null) return null;
  const { sweepMs, refreshMs } = spaceLooks({ ...rule, state, hasRefreshPlan });
  const sweepsPerDay = DAY_MS / Math.max(sweepMs, state.durationMs ?? 0);
  const refreshesPerDay = refreshMs === null ? 0 : Math.max(0, DAY_MS / refreshMs - sweepsPerDay);
  const sweepRequests = sweepsPerDay * state.requests;
  const refreshRequests = refreshesPerDay * (state.refreshRequests ?? 0);
  const dollarsPerDay =
    kind === "dynamodb"
      ? sweepsPerDay * (state.readUnits ?? 0) * DOLLARS_PER_READ_UNIT
      : (sweepRequests + Math.min(refreshRequests, refreshesPerDay * state.requests * REFRESH_SHARE_MAX)) *
        DOLLARS_PER_LIST;
  return {
    requestsPerDay: Math.round(sweepRequests + refreshRequests),
    dollarsPerMonth: dollarsPerDay * DAYS_PER_MONTH,
  };
}
