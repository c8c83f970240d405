"use client";

import { Search } from "lucide-react";
import type { RefObject } from "react";
import { KeyHint } from "./key-hint.tsx";

type Props = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Enter goes on to what was found. */
  readonly onEnter?: () => void;
};

/** Search as one types; Escape empties it, then leaves it. */
export function SearchField({ inputRef, label, placeholder, value, onChange, onEnter }: Props) {
  return (
    <span className="relative flex min-w-0 grow basis-60 items-center md:max-w-80">
      <Search size={14} aria-hidden="true" className="pointer-events-none absolute left-2.5 text-muted" />
      <input
        ref={inputRef}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={placeholder}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          // A key that ends the composition of a character is not meant for the search.
          const isEnter = event.key === "Enter" && onEnter !== undefined && !event.nativeEvent.isComposing;
          if (!isEnter && event.key !== "Escape") return;
          // Without this the same Enter would open what it moves the focus to.
          event.preventDefault();
          if (isEnter) onEnter();
          else if (value === "") event.currentTarget.blur();
          else onChange("");
        }}
        className="min-h-8 w-full rounded-md border border-line-strong/60 bg-raised pr-7 pl-8 text-[16px] placeholder:text-muted md:text-sm [&::-webkit-search-cancel-button]:hidden"
      />
      <span className="absolute right-2">{value === "" && <KeyHint keys="/" />}</span>
    </span>
  );
}
