"use client";

import clsx from "clsx";
import { SlidersHorizontal, X } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useId, useRef, useState } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { describeOutcomeText } from "#components/unlocks/outcome-words.ts";
import { RESTORE_OUTCOMES } from "#lib/domain/restore.ts";
import { UNLOCK_OUTCOMES } from "#lib/domain/unlock.ts";
import { AUDIT_ACTIONS } from "./action-words.ts";
import { AUDIT_PARAMS, FILTER_NAMES, type FilterName, NO_AUDIT_FILTER } from "./audit-params.ts";
import { FilterText, FilterTime } from "./filter-fields.tsx";

const OUTCOMES = [...new Set([...UNLOCK_OUTCOMES, ...RESTORE_OUTCOMES])].map((value) => ({
  value,
  label: value === "partial" ? "Partly" : describeOutcomeText(value, value === "restored" ? "restore" : "unlock").word,
}));
const TYPING_PAUSE_MS = 300;

type Props = { readonly accounts: readonly string[] };

/** Filters of the trail; the server renders the list again for each. On a phone they open below the search. */
export function AuditFilters({ accounts }: Props) {
  const searchRef = useRef<HTMLInputElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const panelId = useId();
  const [params, setParams] = useQueryStates(AUDIT_PARAMS, { shallow: false, throttleMs: TYPING_PAUSE_MS });
  const count = FILTER_NAMES.filter((name) => params[name] !== "").length;
  const change = (part: Partial<Record<FilterName, string | null>>) =>
    void setParams({ ...part, before: null, line: null });
  const set = (name: FilterName) => (value: string) => change({ [name]: value === "" ? null : value });
  useShortcut("/", () => searchRef.current?.select());
  return (
    <search className="flex flex-wrap items-center gap-2">
      <div className="flex min-w-0 flex-1 md:min-w-72 md:max-w-80">
        <SearchField
          inputRef={searchRef}
          label="State path"
          placeholder="Any part of a state path"
          value={params.statePath}
          onChange={set("statePath")}
        />
      </div>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={panelId}
        onClick={() => setIsOpen(!isOpen)}
        className={buttonClass("plain", "md:hidden")}
      >
        <SlidersHorizontal size={14} aria-hidden="true" /> Filters{count > 0 && ` (${count})`}
      </button>
      <div id={panelId} className={clsx("flex-wrap items-center gap-2 md:contents", isOpen ? "flex w-full" : "hidden")}>
        <FilterText label="Actor, exact name" value={params.actor} onChange={set("actor")} />
        <FilterSelect
          label="Account"
          value={params.account}
          options={accounts.map((value) => ({ value, label: value }))}
          onChange={set("account")}
        />
        <FilterSelect label="Action" value={params.action} options={AUDIT_ACTIONS} onChange={set("action")} />
        <FilterSelect label="Outcome" value={params.outcome} options={OUTCOMES} onChange={set("outcome")} />
        <FilterTime label="From" value={params.from} onChange={set("from")} />
        <FilterTime label="Before" value={params.to} onChange={set("to")} />
        <FilterText label="Unlock, its record’s id" value={params.unlockId} onChange={set("unlockId")} isCode />
      </div>
      {count > 0 && (
        <Button look="quiet" onClick={() => change(NO_AUDIT_FILTER)}>
          <X size={14} aria-hidden="true" /> Clear
        </Button>
      )}
    </search>
  );
}
