import type { ReactNode } from "react";
import { Logo } from "#components/shell/logo.tsx";

type Props = {
  readonly title: string;
  /** Which installation this is, so that nobody signs in to the wrong one. */
  readonly host: string;
  readonly children: ReactNode;
};

/** The frame of the pages that people see before they have signed in. */
export function SignInShell({ title, host, children }: Props) {
  return (
    <div className="mx-auto flex w-full max-w-sm flex-1 flex-col gap-5 px-4 pt-[12vh] pb-10">
      <div className="flex items-center gap-2.5">
        <Logo />
        <p className="min-w-0 text-sm">
          <span className="font-semibold">Lockkeeper</span> <span className="break-words text-muted">at {host}</span>
        </p>
      </div>
      <h1 className="font-semibold text-lg">{title}</h1>
      {children}
    </div>
  );
}
