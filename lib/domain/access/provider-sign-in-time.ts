import type { Claims } from "./claims.ts";

const CLOCK_SKEW_MS = 60_000;

export type SignInTime =
  | { readonly verdict: "told"; readonly atMs: number }
  /** The provider may have let in somebody who signed in there long ago. */
  | { readonly verdict: "unknown" }
  /** Whoever was asked to sign in again was not. */
  | { readonly verdict: "too_old" };

/** When somebody really showed who they are, by what the provider says. `askedAgainAtMs` is null where it need not ask anew. */
export function judgeSignInTime(claims: Claims, askedAgainAtMs: number | null, nowMs: number): SignInTime {
  const seconds = claims["auth_time"];
  const isTold = typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0;
  // Who says nothing but was told to ask has asked: a provider that ignores that cannot be found out.
  if (!isTold) return askedAgainAtMs === null ? { verdict: "unknown" } : { verdict: "told", atMs: nowMs };
  const atMs = Math.min(seconds * 1000, nowMs);
  return askedAgainAtMs !== null && atMs < askedAgainAtMs - CLOCK_SKEW_MS
    ? { verdict: "too_old" }
    : { verdict: "told", atMs };
}
