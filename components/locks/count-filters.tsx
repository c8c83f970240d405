import clsx from "clsx";
import { count } from "#components/sources/freshness.ts";
import type { LockCounts } from "#lib/domain/lock-filter.ts";
import { COUNT_FILTERS, type CountFilter, isCountFilterOn } from "./count-filter-list.ts";
import type { LockParams } from "./lock-params.ts";

type Props = {
  readonly counts: LockCounts;
  readonly params: LockParams;
  readonly onChange: (change: Pick<LockParams, "status" | "attention">) => void;
};

/** The counts of the first line: each is a filter that is on or off. */
export function CountFilters({ counts, params, onChange }: Props) {
  const toggle = (filter: CountFilter) => {
    const isOn = isCountFilterOn(filter, params);
    onChange({ status: isOn ? [] : filter.status, attention: isOn ? [] : filter.attention });
  };
  return (
    <fieldset className="-mx-1.5 flex flex-wrap items-center">
      <legend className="sr-only">Show only</legend>
      {COUNT_FILTERS.map((filter) => {
        const total = filter.count(counts);
        const isOn = isCountFilterOn(filter, params);
        return (
          <button
            key={filter.id}
            type="button"
            aria-pressed={isOn}
            onClick={() => toggle(filter)}
            className={clsx(
              "rounded-md px-1.5 py-1 text-sm",
              isOn ? "bg-accent-soft text-ink ring-1 ring-accent" : "text-muted hover:bg-hover",
            )}
          >
            <span className={clsx("font-semibold tabular-nums", total > 0 && !isOn ? filter.tone : undefined)}>
              {count(total)}
            </span>{" "}
            {filter.label(total)}
          </button>
        );
      })}
    </fieldset>
  );
}
