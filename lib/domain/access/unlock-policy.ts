import type { Scope } from "./scope.ts";

/** Operations as a policy names them: Terraform writes more words than anybody would want to list. */
export const AGE_CLASSES = ["apply", "plan", "refresh", "import", "edit", "other"] as const;
export type AgeClass = (typeof AGE_CLASSES)[number];

/** What an unlock takes in a scope, beside the permission. Of several that apply the strictest of each part counts. */
export type UnlockPolicy = {
  readonly scope: Scope;
  /** Forms of which one must occur in the reason, `#` standing for digits; empty asks for none. */
  readonly ticket: readonly string[];
  /** How old a lock must be, by its operation. */
  readonly minAgeMs: Partial<Readonly<Record<AgeClass, number>>>;
  /** For how long after the last write of the state nothing is unlocked. */
  readonly coolDownMs: number;
  readonly rate: { readonly unlocks: number; readonly perMs: number } | null;
  readonly isApprovalRequired: boolean;
  readonly approvalExpiresMs: number;
  readonly isBreakGlassAllowed: boolean;
};
