import { type AuditClass, type AuditSeverity, type AuditStatus, classifyEvent, describeEvent } from "./audit-class.ts";
import { type AuditActor, type AuditEvent, formatAuditActor } from "./audit-event.ts";
import { type AuditFacts, readFacts } from "./audit-facts.ts";
import { isRecord } from "./json-pick.ts";
import { PRODUCT } from "./product.ts";
import { cutText, escapeUnits } from "./visible-text.ts";

// OCSF 1.3.0, category Application Activity, class API Activity: github.com/ocsf/ocsf-schema, events/application/api.json.
const OCSF_VERSION = "1.3.0";
const CATEGORY = { category_uid: 6, category_name: "Application Activity" };
const CLASS = { class_uid: 6003, class_name: "API Activity" };

const ACTIVITIES: Readonly<Record<AuditClass["activity"], { id: number; name: string }>> = {
  create: { id: 1, name: "Create" },
  read: { id: 2, name: "Read" },
  update: { id: 3, name: "Update" },
  delete: { id: 4, name: "Delete" },
  other: { id: 99, name: "Other" },
};
const SEVERITIES: Readonly<Record<AuditSeverity, { id: number; name: string }>> = {
  informational: { id: 1, name: "Informational" },
  low: { id: 2, name: "Low" },
  medium: { id: 3, name: "Medium" },
  high: { id: 4, name: "High" },
};
const STATUSES: Readonly<Record<Exclude<AuditStatus, "other">, { id: number; name: string }>> = {
  unknown: { id: 0, name: "Unknown" },
  success: { id: 1, name: "Success" },
  failure: { id: 2, name: "Failure" },
};

const STATUS_DETAIL_LENGTH_MAX = 2000;

/** One event as one line: an OCSF API Activity as JSON, escaped so that it can neither end its line nor steer a terminal. */
export function formatOcsfLine(event: AuditEvent): string {
  const json = JSON.stringify(toOcsf(event), (_name, value: unknown) =>
    // Half a character is legal in JSON text, and yet many readers refuse the whole line for it.
    typeof value === "string" ? value.replace(/\p{Cs}/gu, escapeUnits) : value,
  );
  return `${json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits)}\n`;
}

function toOcsf(event: AuditEvent): object {
  const facts = readFacts(event);
  const { activity, severity, status } = classifyEvent(event);
  const hasCloud = facts.accountId !== null;
  return {
    ...CATEGORY,
    ...CLASS,
    activity_id: ACTIVITIES[activity].id,
    activity_name: activity === "other" ? event.action : ACTIVITIES[activity].name,
    type_uid: CLASS.class_uid * 100 + ACTIVITIES[activity].id,
    type_name: `${CLASS.class_name}: ${ACTIVITIES[activity].name}`,
    time: event.atMs ?? 0,
    severity_id: SEVERITIES[severity].id,
    severity: SEVERITIES[severity].name,
    ...describeStatus(event, facts, status),
    message: describeEvent(event),
    metadata: {
      version: OCSF_VERSION,
      product: { name: PRODUCT.name, vendor_name: PRODUCT.vendor, version: PRODUCT.version },
      uid: event.hash ?? `seq-${event.seq}`,
      sequence: event.seq,
      event_code: event.action,
      log_name: "audit",
      log_provider: PRODUCT.name,
      ...(event.unlockId === null ? {} : { correlation_uid: event.unlockId }),
      ...(event.at === null ? {} : { original_time: event.at }),
      ...(hasCloud ? { profiles: ["cloud"] } : {}),
    },
    actor: { app_name: PRODUCT.name, user: describeUser(event.actor) },
    api: {
      operation: event.action,
      service: { name: PRODUCT.name, version: PRODUCT.version },
      ...(event.requestId === null ? {} : { request: { uid: event.requestId } }),
      ...describeResponse(event, facts, status),
    },
    // The trail does not record where a request came from: what is known is that it came through this service.
    src_endpoint: { name: PRODUCT.name, svc_name: PRODUCT.name },
    resources: listResources(event, facts),
    ...(hasCloud ? { cloud: describeCloud(facts) } : {}),
    unmapped: {
      hash: event.hash,
      authenticated_by: event.actor.authenticatedBy,
      details: prune(event.details, DETAILS_DEPTH_MAX),
    },
  };
}

function describeStatus(event: AuditEvent, facts: AuditFacts, status: AuditStatus): object {
  const said = facts.outcome ?? event.action;
  const known = status === "other" ? { id: 99, name: said } : STATUSES[status];
  const details = facts.halves.flatMap(({ mechanism, detail }) =>
    detail === null ? [] : `${mechanism ?? "?"}: ${detail}`,
  );
  const detail = cutText(details.join("; "), STATUS_DETAIL_LENGTH_MAX);
  return {
    status_id: known.id,
    status: known.name,
    status_code: said,
    ...(detail === "" ? {} : { status_detail: detail }),
  };
}

function describeResponse(event: AuditEvent, facts: AuditFacts, status: AuditStatus): object {
  if (status === "failure") return { response: { error: facts.outcome ?? event.action } };
  return facts.outcome === null ? {} : { response: { message: facts.outcome } };
}

function describeUser(actor: AuditActor): object {
  const name = formatAuditActor(actor) || "unknown";
  if (actor.kind === "person") return { name, type_id: 1, type: "User" };
  if (actor.kind === "system") return { name, type_id: 3, type: "System" };
  return { name, type_id: 0, type: "Unknown" };
}

function describeCloud(facts: AuditFacts): object {
  const { account, accountId } = facts;
  const name = account === null ? {} : { name: account };
  return { provider: "AWS", account: { uid: accountId, ...name, type_id: 10, type: "AWS Account" } };
}

function listResources(event: AuditEvent, facts: AuditFacts): readonly object[] {
  if (facts.statePath === null) {
    return event.action.startsWith("audit.") ? [{ uid: "audit", name: "audit", type: "Audit trail" }] : [];
  }
  const halves = facts.halves.flatMap(({ location, mechanism }) => {
    if (location === null) return [];
    const type = mechanism === "dynamodb" ? "AWS::DynamoDB::Item" : "AWS::S3::Object";
    return [{ uid: location, name: location, type }];
  });
  return [{ uid: facts.statePath, name: facts.statePath, type: "Terraform state lock" }, ...halves];
}

const DETAILS_DEPTH_MAX = 8;
/** Raw lock text may hold secrets and belongs to whoever may read the trail itself: only JSONL carries it. */
const RAW_FIELD = /^(?:raw|recreate)/i;

function prune(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) return value.map((part: unknown) => prune(part, depth - 1));
  if (!isRecord(value)) return null;
  const kept = Object.entries(value).filter(([name]) => !RAW_FIELD.test(name));
  return Object.fromEntries(kept.map(([name, part]) => [name.toWellFormed(), prune(part, depth - 1)]));
}
