import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";

/** A policy that applies everywhere and asks for nothing but what is given. */
export function aPolicy(over: Partial<UnlockPolicy> = {}): UnlockPolicy {
  return {
    scope: EVERYWHERE,
    ticket: [],
    minAgeMs: {},
    coolDownMs: 0,
    rate: null,
    isApprovalRequired: false,
    approvalExpiresMs: 60 * 60_000,
    isBreakGlassAllowed: true,
    ...over,
  };
}
