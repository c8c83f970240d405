import type { Route } from "next";
import { toLocalPath } from "#lib/domain/access/local-path.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";

/** The address of the sign-in page that leads back to a path of ours, and says what went wrong. */
export function signInPath(given: { readonly next: string | null; readonly problem: SignInProblem | null }): Route {
  const query = new URLSearchParams();
  const next = toLocalPath(given.next);
  if (next !== "/") query.set("next", next);
  if (given.problem !== null) query.set("problem", given.problem);
  return query.size === 0 ? "/sign-in" : `/sign-in?${query}`;
}
