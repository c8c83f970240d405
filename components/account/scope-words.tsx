import { Fragment } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { Scope } from "#lib/domain/access/scope.ts";
import { scopeParts } from "./role-words.ts";

/** Where something applies: each list that narrows it, or the word for all. */
export function ScopeWords({ scope, all = "everywhere" }: { scope: Scope; all?: string }) {
  const parts = scopeParts(scope);
  if (parts.length === 0) return all;
  return parts.map(({ preposition, patterns }, index) => (
    <Fragment key={preposition}>
      {index > 0 && ", "}
      {preposition}{" "}
      {patterns.map((pattern, at) => (
        <Fragment key={pattern}>
          {at > 0 && ", "}
          <UntrustedText text={pattern} className="font-mono text-xs wrap-anywhere" />
        </Fragment>
      ))}
    </Fragment>
  ));
}
