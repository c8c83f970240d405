"use client";

import { usePathname, useSearchParams } from "next/navigation";

type Props = {
  /** Whether somebody is signed in and only has to show again that it is them. */
  readonly isAgain?: boolean;
};

/** The way to sign in and back to this very page. A whole load, since what this page knows is of the session that ended. */
export function SignInLink({ isAgain = false }: Props) {
  const path = usePathname();
  const query = useSearchParams().toString();
  const next = new URLSearchParams({ next: query === "" ? path : `${path}?${query}`, ...(isAgain && { again: "1" }) });
  return (
    <a href={`/sign-in?${next}`} className="text-accent underline">
      {isAgain ? "Sign in again" : "Sign in"}
    </a>
  );
}
