import clsx from "clsx";
import type { ReactNode } from "react";
import type { LockColumnId } from "./lock-column-ids.ts";
import { CELL } from "./row-layout.ts";

/** One cell of a row, at the place its column has in the layout of the screen. */
export function RowCell({
  column,
  colIndex,
  children,
}: {
  column: LockColumnId | "select";
  colIndex: number;
  children: ReactNode;
}) {
  return (
    <td aria-colindex={colIndex} className={clsx("flex min-w-0 items-center", CELL[column])}>
      {children}
    </td>
  );
}
