import { type Place, relateToScope } from "./scope.ts";
import { AGE_CLASSES, type AgeClass, type UnlockPolicy } from "./unlock-policy.ts";

/** The strictest of each part of the policies that apply to a lock. */
export type UnlockRules = {
  /** Whether any policy applies; without one nothing is asked beside the permission. */
  readonly hasPolicy: boolean;
  /** The reason must name a ticket of one form of each list. */
  readonly tickets: readonly (readonly string[])[];
  readonly minAgeMs: UnlockPolicy["minAgeMs"];
  readonly coolDownMs: number;
  /** All of them count: which of two is stricter depends on what the person did. */
  readonly rates: readonly NonNullable<UnlockPolicy["rate"]>[];
  readonly isApprovalRequired: boolean;
  readonly approvalExpiresMs: number;
  readonly isBreakGlassAllowed: boolean;
};

const APPROVAL_EXPIRES_MS = 60 * 60_000;

/** What an unlock takes at all of these places: a policy applies that reaches any of them, be it in part. */
export function strictestRules(policies: readonly UnlockPolicy[], places: readonly Place[]): UnlockRules {
  const applying = policies.filter(({ scope }) => places.some((place) => relateToScope(scope, place) !== "outside"));
  // Of those alone that can ask for approval, so that another's default does not cut it short.
  const expiring = applying.filter(({ isApprovalRequired, rate }) => isApprovalRequired || rate !== null);
  return {
    hasPolicy: applying.length > 0,
    tickets: applying.map(({ ticket }) => ticket).filter((forms) => forms.length > 0),
    minAgeMs: Object.fromEntries(
      AGE_CLASSES.flatMap((name) => {
        const ages = applying.flatMap(({ minAgeMs }) => minAgeMs[name] ?? []);
        return ages.length === 0 ? [] : [[name, Math.max(...ages)] as const];
      }),
    ),
    coolDownMs: Math.max(0, ...applying.map(({ coolDownMs }) => coolDownMs)),
    rates: applying.flatMap(({ rate }) => (rate === null ? [] : [rate])),
    isApprovalRequired: applying.some((policy) => policy.isApprovalRequired),
    approvalExpiresMs:
      expiring.length === 0 ? APPROVAL_EXPIRES_MS : Math.min(...expiring.map((policy) => policy.approvalExpiresMs)),
    isBreakGlassAllowed: applying.length > 0 && applying.every((policy) => policy.isBreakGlassAllowed),
  };
}

/** How old a lock must be; one whose operation nobody knows as old as any of them asks for. */
export function minAgeOf({ minAgeMs }: Pick<UnlockRules, "minAgeMs">, ageClass: AgeClass | null): number {
  return ageClass === null ? Math.max(0, ...Object.values(minAgeMs)) : (minAgeMs[ageClass] ?? 0);
}

/** How far back a person's unlocks count. */
export function rateWindowMs({ rates }: Pick<UnlockRules, "rates">): number {
  return Math.max(0, ...rates.map(({ perMs }) => perMs));
}
