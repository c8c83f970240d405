"use client";

import clsx from "clsx";
import { SlidersHorizontal, X } from "lucide-react";
import { type RefObject, useId, useMemo, useState } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { LOCK_STATUSES, type Lock } from "#lib/domain/lock.ts";
import { AGE_OPTIONS, listOptions } from "./filter-options.ts";
import { countFilters, type LockParams } from "./lock-params.ts";
import { STATUS_LABELS } from "./lock-words.ts";

type Change = Partial<Record<"q" | "account" | "bucket" | "operation" | "minAge", string | null>> & {
  readonly status?: string[] | null;
};

type Props = {
  readonly locks: readonly Lock[];
  readonly params: LockParams;
  readonly matching: number;
  readonly onChange: (change: Change) => void;
  readonly onClear: () => void;
  readonly onEnterList: () => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
};

/** Search and filters. On a phone the filters open below the search. */
export function FilterBar({ locks, params, matching, onChange, onClear, onEnterList, searchRef }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const panelId = useId();
  const filters = countFilters(params);
  useShortcut("/", () => searchRef.current?.select());
  return (
    <search className="flex flex-wrap items-center gap-2 border-line border-b px-3 py-1.5">
      <SearchField
        inputRef={searchRef}
        label="Search locks"
        placeholder="Search path, holder, lock ID"
        value={params.q}
        onChange={(q) => onChange({ q: q === "" ? null : q })}
        onEnter={onEnterList}
      />
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={panelId}
        onClick={() => setIsOpen(!isOpen)}
        className={buttonClass("plain", "md:hidden")}
      >
        <SlidersHorizontal size={14} aria-hidden="true" /> Filters{filters > 0 && ` (${filters})`}
      </button>
      <div id={panelId} className={clsx("flex-wrap items-center gap-2 md:flex", isOpen ? "flex w-full" : "hidden")}>
        <FilterSelects locks={locks} params={params} onChange={onChange} />
      </div>
      {filters > 0 && (
        <>
          <Button look="quiet" onClick={onClear}>
            <X size={14} aria-hidden="true" /> Clear
          </Button>
          <p role="status" className="text-muted text-sm tabular-nums">
            {matching} {matching === 1 ? "matches" : "match"}
          </p>
        </>
      )}
    </search>
  );
}

function FilterSelects({ locks, params, onChange }: Pick<Props, "locks" | "params" | "onChange">) {
  const options = useMemo(
    () => ({
      account: listOptions(locks, (lock) => lock.account),
      bucket: listOptions(locks, (lock) => lock.bucket),
      operation: listOptions(locks, (lock) => lock.operationLabel),
    }),
    [locks],
  );
  const statuses = LOCK_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }));
  const orNull = (value: string) => (value === "" ? null : value);
  return (
    <>
      <FilterSelect
        label="Account"
        value={params.account}
        options={options.account}
        onChange={(value) => onChange({ account: orNull(value) })}
      />
      <FilterSelect
        label="Bucket"
        value={params.bucket}
        options={options.bucket}
        onChange={(value) => onChange({ bucket: orNull(value) })}
      />
      <FilterSelect
        label="Status"
        value={params.status.join(",")}
        options={statuses}
        onChange={(value) => onChange({ status: value === "" ? null : [value] })}
      />
      <FilterSelect
        label="Operation"
        value={params.operation}
        options={options.operation}
        onChange={(value) => onChange({ operation: orNull(value) })}
      />
      <FilterSelect
        label="Age"
        value={params.minAge}
        options={AGE_OPTIONS}
        onChange={(value) => onChange({ minAge: orNull(value) })}
      />
    </>
  );
}
