"use client";

import { useId } from "react";
import type { TokenDraft } from "./token-draft.ts";

const FIELDS = [
  { field: "accounts", label: "Accounts", example: "payments-*" },
  { field: "buckets", label: "Buckets", example: "acme-tfstate" },
  { field: "statePaths", label: "State paths", example: "acme-tfstate/network/**" },
] as const;

type Props = { readonly draft: TokenDraft; readonly onDraft: (draft: TokenDraft) => void };

/** Where a token applies. Left empty, it goes as far as its owner's roles. */
export function TokenScopeFields({ draft, onDraft }: Props) {
  const id = useId();
  const isNarrowed = FIELDS.some(({ field }) => draft[field].trim() !== "");
  return (
    <details open={isNarrowed || undefined} className="text-sm">
      <summary className="w-max cursor-pointer font-medium">Only in some places</summary>
      <div className="flex flex-col gap-3 pt-2">
        <p className="text-muted text-xs">
          One pattern a line: * stands for any text without a slash, ** for any text. Empty means wherever you may.
        </p>
        {FIELDS.map(({ field, label, example }) => (
          <div key={field} className="flex flex-col gap-1">
            <label htmlFor={`${id}-${field}`} className="w-max">
              {label}
            </label>
            <textarea
              id={`${id}-${field}`}
              rows={1}
              placeholder={example}
              spellCheck={false}
              value={draft[field]}
              onChange={(event) => onDraft({ ...draft, [field]: event.target.value })}
              className="field-sizing-content min-h-8 placeholder:text-muted rounded-md border border-line-strong bg-ground px-2.5 py-1.5 font-mono text-[16px] md:text-xs"
            />
          </div>
        ))}
      </div>
    </details>
  );
}
