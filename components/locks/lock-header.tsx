import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { LOCK_COLUMN_IDS, LOCK_COLUMN_LABELS, type LockColumnId } from "./lock-column-ids.ts";
import { type LockSort, nextSort } from "./lock-params.ts";
import { CELL, ROW_GRID } from "./row-layout.ts";

type Props = { readonly sort: LockSort | null; readonly onSort: (sort: LockSort | null) => void };

/** Column names that sort. Without a chosen column the order is by need. */
export function LockHeader({ sort, onSort }: Props) {
  return (
    <thead className="sticky top-0 z-10 hidden border-line border-b bg-ground md:block">
      <tr aria-rowindex={1} className={clsx(ROW_GRID, "h-8")}>
        <th scope="col" aria-colindex={1} className={CELL.select}>
          <span className="sr-only">Selected</span>
        </th>
        {LOCK_COLUMN_IDS.map((id, index) => (
          <HeaderCell key={id} id={id} colIndex={index + 2} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

function HeaderCell({ id, colIndex, sort, onSort }: Props & { id: LockColumnId; colIndex: number }) {
  const isSorted = sort?.id === id;
  const Arrow = sort?.isDescending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-colindex={colIndex}
      aria-sort={isSorted ? (sort.isDescending ? "descending" : "ascending") : "none"}
      className={clsx("min-w-0 text-left", CELL[id])}
    >
      <button
        type="button"
        onClick={() => onSort(nextSort(sort, id))}
        className="-mx-1 block max-w-full truncate rounded px-1 font-normal text-muted text-xs hover:text-ink"
      >
        {LOCK_COLUMN_LABELS[id]}
        {isSorted && <Arrow size={12} aria-hidden="true" className="ml-1 inline align-[-1px]" />}
      </button>
    </th>
  );
}
