"use client";

import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { useRef, useState } from "react";
import { describeStatus } from "#components/locks/lock-words.ts";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { focusAtEnd } from "#components/ui/typed-ahead.tsx";
import { useReturnFocus } from "#components/ui/use-return-focus.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { useLockSearch } from "./use-lock-search.ts";

export type PaletteAction = { readonly id: string; readonly label: string; readonly run: () => void };

type Props = {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly actions: readonly PaletteAction[];
  readonly onOpenLock: (key: string) => void;
};

const ITEM =
  "flex cursor-pointer items-baseline gap-2 rounded-md px-2 py-1.5 text-sm data-[selected=true]:bg-accent-soft";

/** Goes anywhere: pages and actions by name, locks by whatever the search of the list understands. */
export function CommandPalette({ isOpen, onOpenChange, actions, onOpenLock }: Props) {
  const [text, setText] = useState("");
  const { locks, isSearching } = useLockSearch(isOpen ? text : null);
  const inputRef = useRef<HTMLInputElement>(null);
  const returnFocus = useReturnFocus();
  const wanted = text.trim().toLowerCase();
  const matching = actions.filter((action) => action.label.toLowerCase().includes(wanted));
  const choose = (run: () => void) => {
    onOpenChange(false);
    setText("");
    run();
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <div data-modal className="fixed inset-0 z-40 bg-scrim" aria-hidden="true" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (inputRef.current !== null) focusAtEnd(inputRef.current);
          }}
          onCloseAutoFocus={returnFocus}
          className="fixed inset-x-2 top-2 z-50 mx-auto max-w-xl rounded-lg border border-line bg-raised p-2 shadow-xl md:top-[12vh]"
        >
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <Command label="Go to" shouldFilter={false} loop>
            <Command.Input
              ref={inputRef}
              value={text}
              onValueChange={setText}
              placeholder="A path, a holder, a lock ID, a page"
              className="w-full rounded-md bg-transparent px-2 py-2 text-[16px] outline-none placeholder:text-muted"
            />
            <Command.List className="max-h-[60dvh] overflow-auto border-line border-t pt-1">
              {matching.map((action) => (
                <Command.Item key={action.id} value={action.id} className={ITEM} onSelect={() => choose(action.run)}>
                  {action.label}
                </Command.Item>
              ))}
              {locks.map((lock) => (
                <Command.Item
                  key={lock.key}
                  value={lock.key}
                  className={ITEM}
                  onSelect={() => choose(() => onOpenLock(lock.key))}
                >
                  <LockItem lock={lock} />
                </Command.Item>
              ))}
              {matching.length === 0 && locks.length === 0 && (
                <p role="status" className="px-2 py-3 text-muted text-sm">
                  {isSearching ? "Searching" : "Nothing matches."}
                </p>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function LockItem({ lock }: { lock: Lock }) {
  return (
    <>
      <span className="w-24 shrink-0 text-muted text-xs">{describeStatus(lock).word}</span>
      <span className="min-w-0 break-all font-mono text-xs">
        <UntrustedText text={lock.stateKey} /> <UntrustedText text={lock.bucket} className="text-muted" />
      </span>
    </>
  );
}
