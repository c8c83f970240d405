"use client";

import { X } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useRef } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { Button } from "#components/ui/button.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { UNLOCK_OUTCOMES, type UnlockOutcome } from "#lib/domain/unlock.ts";
import { describeOutcome } from "./outcome-words.ts";
import { UNLOCK_PARAMS } from "./unlock-params.ts";

const OUTCOMES = UNLOCK_OUTCOMES.map((value) => ({ value, label: describeOutcome(value).word }));
const TYPING_PAUSE_MS = 300;

type Change = {
  readonly actor?: string | null;
  readonly account?: string | null;
  readonly outcome?: UnlockOutcome | null;
};
type Props = { readonly accounts: readonly string[] };

/** Filters of the records; the server renders the list again for each. */
export function UnlockFilters({ accounts }: Props) {
  const searchRef = useRef<HTMLInputElement>(null);
  const [params, setParams] = useQueryStates(UNLOCK_PARAMS, { shallow: false, throttleMs: TYPING_PAUSE_MS });
  const hasFilter = params.actor !== "" || params.account !== "" || params.outcome !== null;
  const change = (part: Change) => void setParams({ ...part, cursor: null });
  useShortcut("/", () => searchRef.current?.select());
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchField
        inputRef={searchRef}
        label="Actor"
        placeholder="Exact name of the actor"
        value={params.actor}
        onChange={(actor) => change({ actor: actor === "" ? null : actor })}
      />
      <FilterSelect
        label="Account"
        value={params.account}
        options={accounts.map((value) => ({ value, label: value }))}
        onChange={(value) => change({ account: value === "" ? null : value })}
      />
      <FilterSelect
        label="Outcome"
        value={params.outcome ?? ""}
        options={OUTCOMES}
        onChange={(value) => change({ outcome: UNLOCK_OUTCOMES.find((outcome) => outcome === value) ?? null })}
      />
      {hasFilter && (
        <Button look="quiet" onClick={() => change({ actor: null, account: null, outcome: null })}>
          <X size={14} aria-hidden="true" /> Clear
        </Button>
      )}
    </search>
  );
}
