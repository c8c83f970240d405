"use client";

import dynamic from "next/dynamic";

// What most visits to the list do not need. The first is rendered by the server all the same where nothing could be read.
export const SourceProblems = dynamic(() =>
  import("#components/sources/source-problems.tsx").then((part) => part.SourceProblems),
);

const loadSelectionBar = () => import("./selection-bar.tsx").then((part) => part.SelectionBar);
export const SelectionBar = dynamic(loadSelectionBar, { ssr: false });

/** Fetches what a key opens, so that it is there at once: selecting a lock, and the dialog that unlocks one. */
export function loadForKeys(): void {
  void Promise.allSettled([loadSelectionBar(), import("#components/unlock-dialog/unlock-dialog.tsx")]);
}
