/** Why a sign-in at the provider led nowhere, as the sign-in page says it. The address of the page carries only the code. */
export const SIGN_IN_PROBLEMS = {
  not_begun_here: "The sign-in was not begun in this browser, or too long ago, or is finished already. Sign in again.",
  refused:
    "The identity provider's answer could not be accepted. Sign in again, or tell whoever administers Lockkeeper.",
  groups:
    "The identity provider did not tell all of your groups, so it is not known what you may do. Whoever administers Lockkeeper finds the reason in its log.",
  disabled: "You may not sign in. Whoever administers Lockkeeper has disabled you.",
  not_again: "The identity provider did not ask you to sign in again. Sign out there first, then try once more.",
  unavailable: "The identity provider cannot be reached. Try again in a moment.",
  too_many: "There were too many attempts to sign in. Try again in a minute.",
  groups_old:
    "Your groups were last read more than 15 minutes ago and cannot be read anew, so it is not known what you may do. Sign in again.",
} as const;

export type SignInProblem = keyof typeof SIGN_IN_PROBLEMS;

/** The problem of a code, or null for what is none of ours. */
export function parseSignInProblem(code: string | undefined): SignInProblem | null {
  return code !== undefined && Object.hasOwn(SIGN_IN_PROBLEMS, code) ? (code as SignInProblem) : null;
}
