"use client";

import clsx from "clsx";
import { SlidersHorizontal, X } from "lucide-react";
import { type RefObject, useId, useMemo, useState } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { LOCK_STATUSES } from "#lib/domain/lock.ts";
import type { LockRow } from "#lib/domain/lock-row.ts";
import { AGE_OPTIONS, listOptions } from "./filter-options.ts";
import { countFilters, type LockParams } from "./lock-params.ts";
import { STATUS_LABELS } from "./lock-words.ts";

type Props = {
  readonly rows: readonly LockRow[];
  readonly params: LockParams;
  readonly matching: number;
  readonly onChange: (change: Partial<LockParams>) => void;
  readonly onClear: () => void;
  readonly onEnterList: () => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
};

/** Search and filters. On a phone the filters open below the search. */
export function FilterBar({ rows, params, matching, onChange, onClear, onEnterList, searchRef }: Props) {
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
        onChange={(q) => onChange({ q })}
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
        <FilterSelects rows={rows} params={params} onChange={onChange} />
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

const STATUSES = LOCK_STATUSES.map((value) => ({ value, label: STATUS_LABELS[value] }));

function FilterSelects({ rows, params, onChange }: Pick<Props, "rows" | "params" | "onChange">) {
  return (
    <>
      <ValueSelect
        label="Account"
        value={params.account}
        rows={rows}
        read={readAccount}
        onChange={(account) => onChange({ account })}
      />
      <ValueSelect
        label="Bucket"
        value={params.bucket}
        rows={rows}
        read={readBucket}
        onChange={(bucket) => onChange({ bucket })}
      />
      <FilterSelect
        label="Status"
        value={params.status.join(",")}
        options={STATUSES}
        onChange={(value) => onChange({ status: value === "" ? [] : [value] })}
      />
      <ValueSelect
        label="Operation"
        value={params.operation}
        rows={rows}
        read={readOperation}
        onChange={(operation) => onChange({ operation })}
      />
      <FilterSelect
        label="Age"
        value={params.minAge}
        options={AGE_OPTIONS}
        onChange={(minAge) => onChange({ minAge })}
      />
    </>
  );
}

type ValueProps = {
  readonly label: string;
  readonly value: string;
  readonly rows: readonly LockRow[];
  readonly read: (row: LockRow) => string | null;
  readonly onChange: (value: string) => void;
};

const readAccount = (row: LockRow) => row.account;
const readBucket = (row: LockRow) => row.bucket;
const readOperation = (row: LockRow) => row.operationLabel;

/** Offers the values that occur; there may be hundreds, so they are counted and in the page only while asked for. */
function ValueSelect({ rows, read, ...rest }: ValueProps) {
  const [isWanted, setIsWanted] = useState(false);
  const options = useMemo(() => (isWanted ? listOptions(rows, read) : []), [isWanted, rows, read]);
  return (
    <FilterSelect
      {...rest}
      options={options}
      onOpening={() => setIsWanted(true)}
      onLeave={() => setIsWanted(false)}
      // Fixed, for the values would change it as they come.
      className="w-32"
    />
  );
}
