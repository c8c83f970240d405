"use client";

import clsx from "clsx";
import { useQueryStates } from "nuqs";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { APPROVAL_PARAMS, APPROVAL_TABS, type ApprovalTab } from "./approval-params.ts";

const NAMES: Readonly<Record<ApprovalTab, string>> = {
  waiting: "Waiting for you",
  yours: "Yours",
  past: "Past",
};

type Props = { readonly accounts: readonly string[]; readonly waiting: number };

/** Which requests are listed; the server renders the list again for each. */
export function ApprovalFilters({ accounts, waiting }: Props) {
  const [params, setParams] = useQueryStates(APPROVAL_PARAMS, { shallow: false });
  return (
    <search className="flex flex-wrap items-center gap-2">
      <fieldset className="flex rounded-md border border-line-strong/60">
        <legend className="sr-only">Which requests</legend>
        {APPROVAL_TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            aria-pressed={params.list === tab}
            onClick={() => void setParams({ list: tab, cursor: null })}
            className={clsx(
              "min-h-8 border-line border-r px-3 text-sm last:border-r-0",
              params.list === tab ? "bg-accent-soft font-medium" : "text-muted hover:bg-hover hover:text-ink",
            )}
          >
            {NAMES[tab]}
            {tab === "waiting" && waiting > 0 && <span className="pl-1.5 tabular-nums">{waiting}</span>}
          </button>
        ))}
      </fieldset>
      <FilterSelect
        label="Account"
        value={params.account}
        options={accounts.map((value) => ({ value, label: value }))}
        onChange={(value) => void setParams({ account: value === "" ? null : value, cursor: null })}
      />
    </search>
  );
}
