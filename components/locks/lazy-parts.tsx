"use client";

import dynamic from "next/dynamic";

// What most visits to the list do not need. The first is rendered by the server all the same where nothing could be read.
export const SourceProblems = dynamic(() =>
  import("#components/sources/source-problems.tsx").then((part) => part.SourceProblems),
);

const loadSelectionBar = () => import("./selection-bar.tsx").then((part) => part.SelectionBar);
export const SelectionBar = dynamic(loadSelectionBar, { ssr: false });

/** Fetches what the key that selects a lock opens, so that it is there at once. */
export function loadForKeys(): void {
  // Where it does not come now, it is asked for again when it is needed.
  loadSelectionBar().catch(() => undefined);
}
