import clsx from "clsx";
import type { LockColumnId } from "./lock-column-ids.ts";

/** Two lines on a phone; on wider screens one line whose columns appear as there is room. */
export const ROW_GRID = clsx(
  "grid grid-cols-[max-content_minmax(0,1fr)_max-content] items-center gap-x-3 px-3",
  "md:grid-cols-[20px_104px_minmax(0,2fr)_minmax(0,1fr)_84px_minmax(0,1.3fr)]",
  "lg:grid-cols-[20px_104px_minmax(0,2.3fr)_minmax(0,1.2fr)_104px_80px_minmax(0,1.6fr)_104px]",
  "xl:grid-cols-[20px_104px_minmax(0,2.6fr)_minmax(0,1.2fr)_104px_80px_minmax(0,1.7fr)_108px_72px]",
);

/** Where each cell stands. The order in the document is that of the wide row. */
export const CELL: Readonly<Record<LockColumnId | "select", string>> = {
  select: "hidden md:block",
  status: "row-start-1 col-start-1 md:row-auto md:col-auto",
  path: "flex min-w-0 items-center row-start-1 col-start-2 md:row-auto md:col-auto",
  holder: "row-start-2 col-span-full col-start-1 max-w-[46%] md:row-auto md:col-auto md:max-w-none",
  operation: "hidden lg:block",
  age: "row-start-1 col-start-3 text-right md:text-left md:row-auto md:col-auto",
  evidence:
    "row-start-2 col-span-full col-start-1 max-w-[52%] justify-self-end md:row-auto md:col-auto md:max-w-none md:justify-self-auto",
  account: "hidden lg:block",
  halves: "hidden xl:block",
};
