import type { AuditEvent } from "./audit-event.ts";
import { UNREADABLE_LINE } from "./audit-event.ts";
import { readFacts } from "./audit-facts.ts";

export type AuditActivity = "create" | "read" | "update" | "delete" | "other";
export type AuditStatus = "success" | "failure" | "unknown" | "other";
export type AuditSeverity = "informational" | "low" | "medium" | "high";

/** What a system that collects events of many products wants to know of each: what kind, how it ended, how grave it is. */
export type AuditClass = {
  readonly title: string;
  readonly activity: AuditActivity;
  readonly status: AuditStatus;
  readonly severity: AuditSeverity;
};

type Kind = { readonly title: string; readonly activity: AuditActivity; readonly status?: AuditStatus };

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["unlock.intent", { title: "Force-unlock intended", activity: "delete", status: "other" }],
  ["unlock.outcome", { title: "Force-unlock ended", activity: "delete" }],
  ["unlock.unknown", { title: "Force-unlock without an outcome yet", activity: "delete", status: "unknown" }],
  ["unlock.settled", { title: "Force-unlock settled by reading", activity: "delete" }],
  ["unlock.refused", { title: "Force-unlock not attempted", activity: "delete" }],
  [
    "unlock.invalid",
    { title: "Force-unlock asked for with an invalid request", activity: "delete", status: "failure" },
  ],
  ["restore.intent", { title: "Restore intended", activity: "create", status: "other" }],
  ["restore.outcome", { title: "Restore ended", activity: "create" }],
  ["restore.unknown", { title: "Restore without an outcome yet", activity: "create", status: "unknown" }],
  ["restore.settled", { title: "Restore settled by reading", activity: "create" }],
  ["restore.refused", { title: "Restore not attempted", activity: "create" }],
  ["audit.exported", { title: "Audit trail exported", activity: "read", status: "success" }],
  ["audit.key_rotated", { title: "Audit signing key changed", activity: "update", status: "success" }],
  ["access.denied", { title: "Access denied", activity: "other", status: "failure" }],
  ["sign_in.succeeded", { title: "Signed in", activity: "other", status: "success" }],
  ["sign_in.failed", { title: "Sign-in failed", activity: "other", status: "failure" }],
  ["sign_in.ended", { title: "Signed out", activity: "other", status: "success" }],
  ["session.revoked", { title: "Session revoked", activity: "delete", status: "success" }],
  ["person.added", { title: "Person added", activity: "create", status: "success" }],
  ["person.changed", { title: "Person changed", activity: "update", status: "success" }],
  ["token.made", { title: "Token made", activity: "create", status: "success" }],
  ["token.revoked", { title: "Token revoked", activity: "delete", status: "success" }],
  ["approval.requested", { title: "Approval requested", activity: "create", status: "success" }],
  ["approval.given", { title: "Unlock approved", activity: "update", status: "success" }],
  ["approval.denied", { title: "Approval denied", activity: "update", status: "success" }],
  ["approval.withdrawn", { title: "Approval request withdrawn", activity: "update", status: "success" }],
  ["approval.expired", { title: "Approval expired", activity: "update", status: "other" }],
  ["approval.voided", { title: "Approval void", activity: "update", status: "other" }],
  ["break_glass.used", { title: "Glass broken: approval and cool-down skipped", activity: "other", status: "other" }],
  ["break_glass.reviewed", { title: "Broken glass reviewed", activity: "update", status: "success" }],
  ["config.changed", { title: "Configuration changed", activity: "update", status: "success" }],
]);

const STATUS_OF_OUTCOME: ReadonlyMap<string, AuditStatus> = new Map<string, AuditStatus>([
  ["released", "success"],
  ["restored", "success"],
  ["success", "success"],
  ["changed", "failure"],
  ["refused", "failure"],
  ["not_executed", "failure"],
  ["failure", "failure"],
  ["unknown", "unknown"],
  ["partial", "other"],
  ["already_gone", "other"],
  ["gone_unattributed", "other"],
]);

/** Somebody has to look: one half is left, or nobody can say who removed it. */
const OPEN_OUTCOMES: ReadonlySet<string> = new Set(["partial", "gone_unattributed"]);

/** True for the actions of this version; those of later ones are classed by what their events say. */
export function isKnownAction(action: string): boolean {
  return KINDS.has(action);
}

/** Classes any event. An unknown action is "other", under its own name; a line that is not ours is grave. */
export function classifyEvent(event: AuditEvent): AuditClass {
  if (event.action === UNREADABLE_LINE) {
    return { title: "Line of the audit trail cannot be read", activity: "other", status: "unknown", severity: "high" };
  }
  const { outcome } = readFacts(event);
  const kind = KINDS.get(event.action);
  const status = kind?.status ?? statusOf(event.action, outcome);
  return {
    title: kind?.title ?? event.action,
    activity: kind?.activity ?? "other",
    status,
    severity: severityOf(event.action, outcome, status),
  };
}

function statusOf(action: string, outcome: string | null): AuditStatus {
  if (outcome !== null) return STATUS_OF_OUTCOME.get(outcome) ?? "other";
  return /(?:refused|denied|rejected|failed|invalid)$/.test(action) ? "failure" : "unknown";
}

function severityOf(action: string, outcome: string | null, status: AuditStatus): AuditSeverity {
  if (action === "break_glass.used") return "high";
  if (outcome !== null && OPEN_OUTCOMES.has(outcome)) return "medium";
  if (status === "unknown" && isKnownAction(action)) return "medium";
  if (status === "failure" || (status === "success" && action !== "audit.exported")) return "low";
  return "informational";
}

/** One line for a list or an alert: what, where and how it ended. */
export function describeEvent(event: AuditEvent): string {
  const { statePath, outcome } = readFacts(event);
  const subject = statePath === null ? "" : `: ${statePath}`;
  const end = outcome === null ? "" : ` (${outcome})`;
  return `${classifyEvent(event).title}${subject}${end}`;
}
