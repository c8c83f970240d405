import clsx from "clsx";
import type { LockColumnId } from "./lock-column-ids.ts";

/** Two lines on a phone; on wider screens one line whose columns appear as there is room. */
export const ROW_GRID = clsx(
  "grid grid-cols-12 items-center gap-x-3 px-3",
  "md:grid-cols-[20px_104px_minmax(0,2fr)_minmax(0,1fr)_88px_minmax(0,1.2fr)]",
  "lg:grid-cols-[20px_104px_minmax(0,2.2fr)_minmax(0,1.1fr)_112px_88px_minmax(0,1.3fr)_116px]",
  "xl:grid-cols-[20px_104px_minmax(0,2.4fr)_minmax(0,1.2fr)_116px_88px_minmax(0,1.4fr)_124px_104px]",
);

/** Where each cell stands. The order in the document is that of the wide row. */
export const CELL: Readonly<Record<LockColumnId | "select", string>> = {
  select: "hidden md:flex",
  status: "row-start-1 col-start-1 col-span-3 md:row-auto md:col-auto",
  path: "row-start-1 col-start-4 col-span-6 md:row-auto md:col-auto",
  holder: "row-start-2 col-start-1 col-span-6 md:row-auto md:col-auto",
  operation: "hidden lg:flex",
  age: "row-start-1 col-start-10 col-span-3 md:row-auto md:col-auto justify-end",
  evidence: "row-start-2 col-start-7 col-span-6 justify-end md:row-auto md:col-auto md:justify-start",
  account: "hidden lg:flex",
  halves: "hidden xl:flex",
};
