"use client";

import { useEffect, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";

type Phase = { readonly kind: string; readonly problem?: ApiProblem | null };

/**
 * The reason that is typed. Where the server wants a sign-in first it is kept for this tab, and is there again when the dialog of
 * the same name opens after it; once, and not where the dialog was closed instead.
 */
export function useKeptReason(name: string, { kind, problem }: Phase) {
  const place = `lockkeeper.reason.${name}`;
  const [reason, setReason] = useState(() =>
    typeof window === "undefined" ? "" : (sessionStorage.getItem(place) ?? ""),
  );
  const wantsSignIn = kind === "editing" && (problem?.code === "sign_in_again" || problem?.code === "unauthenticated");
  useEffect(() => sessionStorage.removeItem(place), [place]);
  useEffect(() => {
    if (!wantsSignIn) return;
    sessionStorage.setItem(place, reason);
    // Not run where the page itself goes, which is to sign in.
    return () => sessionStorage.removeItem(place);
  }, [wantsSignIn, place, reason]);
  return [reason, setReason] as const;
}
