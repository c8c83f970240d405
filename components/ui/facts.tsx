import { Fragment, type ReactNode } from "react";

export type Fact = { readonly name: string; readonly value: ReactNode };

/** Names and values, one a line. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      {facts.map((fact) => (
        <Fragment key={fact.name}>
          <dt className="text-muted">{fact.name}</dt>
          <dd className="break-words">{fact.value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
