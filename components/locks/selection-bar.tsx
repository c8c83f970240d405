"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { LockRow } from "#lib/domain/lock-row.ts";

type Props = { readonly selected: readonly LockRow[]; readonly onClear: () => void };

/** What can be done with several locks at once: take them along. Each is unlocked on its own. */
export function SelectionBar({ selected, onClear }: Props) {
  if (selected.length === 0) return null;
  return (
    <section
      aria-label="Selection"
      className="absolute inset-x-0 bottom-4 z-20 mx-auto flex w-max max-w-[calc(100vw-24px)] flex-wrap items-center gap-1 rounded-lg border border-line bg-raised px-3 py-1.5 shadow-lg"
    >
      <span role="status" className="pr-2 text-sm tabular-nums">
        {selected.length} selected
      </span>
      <CopyButton text={selected.map((lock) => lock.statePath).join("\n")} label="Copy paths" />
      <CopyButton text={JSON.stringify(selected, null, 2)} label="Copy as JSON" />
      <Button look="quiet" onClick={onClear} className="px-2" aria-label="Clear selection">
        <X size={14} aria-hidden="true" />
      </Button>
    </section>
  );
}
