import type { AuditEvent } from "./audit-event.ts";
import { isRecord, type JsonRecord, pickList, pickText } from "./json-pick.ts";

/** What the formats that cannot hold everything say of an event. */
export type AuditFacts = {
  readonly account: string | null;
  readonly accountId: string | null;
  readonly statePath: string | null;
  readonly lockId: string | null;
  readonly who: string | null;
  readonly operation: string | null;
  readonly reason: string | null;
  readonly outcome: string | null;
  readonly halves: readonly AuditHalf[];
  readonly awsRequestIds: readonly string[];
};

export type AuditHalf = {
  readonly mechanism: string | null;
  readonly location: string | null;
  readonly outcome: string | null;
  readonly detail: string | null;
};

/** Picks the facts that events of unlocks and restores share; other events leave them null. */
export function readFacts({ action, details }: AuditEvent): AuditFacts {
  const halves = pickList(details, "halves").filter(isRecord);
  return {
    account: pickText(details, "account"),
    accountId: pickText(details, "accountId"),
    statePath: pickText(details, "statePath"),
    lockId: pickText(details, "lockId"),
    who: pickText(details, "who"),
    operation: pickText(details, "operation"),
    reason: pickText(details, "reason"),
    // An intent stands before its outcome: "unknown" there would read as a finding.
    outcome: action.endsWith(".intent") ? null : pickText(details, "outcome"),
    halves: halves.map(readHalf),
    awsRequestIds: halves.flatMap((half) => pickList(half, "awsRequestIds")).filter((id) => typeof id === "string"),
  };
}

function readHalf(half: JsonRecord): AuditHalf {
  return {
    mechanism: pickText(half, "mechanism"),
    location: pickText(half, "location"),
    outcome: pickText(half, "outcome"),
    detail: pickText(half, "detail"),
  };
}

/** The halves in one line: `dynamodb=released; s3=released`. */
export function formatHalves(facts: AuditFacts): string {
  return facts.halves.map(({ mechanism, outcome }) => `${mechanism ?? "?"}=${outcome ?? "?"}`).join("; ");
}
