import type { UnlockDetail } from "#lib/domain/unlock-view.ts";

/** The record of an unlock that released one half; name what the test is about. */
export function anUnlock(over: Partial<UnlockDetail> = {}): UnlockDetail {
  return {
    id: "01UNLOCK",
    outcome: "released",
    actor: "riley",
    reason: "the runner died, see the incident",
    account: "payments-prod",
    accountId: "111122223333",
    bucket: "acme-tfstate",
    stateKey: "network/terraform.tfstate",
    statePath: "acme-tfstate/network/terraform.tfstate",
    key: "k1",
    lockId: "3fd7bf29-1faf-4c6a-a0a2-1d8a6d0fd6a6",
    fingerprint: "f",
    who: "sam@runner-7",
    operation: "OperationTypeApply",
    requestedAt: "2026-11-23T03:40:00.000Z",
    intentAt: "2026-11-23T03:40:01.000Z",
    deadlineAt: "2026-11-23T03:40:16.000Z",
    outcomeAt: "2026-11-23T03:40:50.000Z",
    halves: [],
    restore: { state: "impossible", reason: "It was undone already.", fromAt: null, untilAt: null },
    restores: [],
    approval: null,
    breakGlass: null,
    ...over,
  };
}
