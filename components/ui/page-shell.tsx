import type { ReactNode } from "react";

type Props = { readonly title: ReactNode; readonly lead?: ReactNode; readonly children: ReactNode };

/** A page that scrolls as a whole, with its title. */
export function PageShell({ title, lead, children }: Props) {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-3 px-3 py-4 md:px-5">
      <h1 className="font-semibold text-lg">{title}</h1>
      {lead !== undefined && <p className="max-w-3xl text-muted text-sm">{lead}</p>}
      {children}
    </div>
  );
}
