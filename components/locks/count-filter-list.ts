import type { Attention, LockStatus } from "#lib/domain/lock.ts";
import type { LockCounts } from "#lib/domain/lock-filter.ts";

export type CountFilter = {
  readonly id: "attention" | "held" | "waiting" | "broken";
  readonly status: readonly LockStatus[];
  readonly attention: readonly Attention[];
  readonly tone: string;
  readonly label: (total: number) => string;
  readonly count: (counts: LockCounts) => number;
};

export const COUNT_FILTERS: readonly CountFilter[] = [
  {
    id: "attention",
    status: [],
    attention: ["broken", "stale"],
    tone: "text-look",
    label: (total) => (total === 1 ? "needs attention" : "need attention"),
    count: ({ byAttention }) => byAttention.broken + byAttention.stale,
  },
  {
    id: "held",
    status: ["held"],
    attention: [],
    tone: "text-ink",
    label: () => "held",
    count: ({ byStatus }) => byStatus.held,
  },
  {
    id: "waiting",
    status: [],
    attention: ["waiting"],
    tone: "text-accent",
    label: (total) => (total === 1 ? "waiting run" : "waiting runs"),
    count: ({ byAttention }) => byAttention.waiting,
  },
  {
    id: "broken",
    status: [],
    attention: ["broken"],
    tone: "text-broken",
    label: () => "broken",
    count: ({ byAttention }) => byAttention.broken,
  },
];

type Chosen = { readonly status: readonly string[]; readonly attention: readonly string[] };

export function isCountFilterOn(filter: CountFilter, chosen: Chosen): boolean {
  return isSame(filter.status, chosen.status) && isSame(filter.attention, chosen.attention);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}
