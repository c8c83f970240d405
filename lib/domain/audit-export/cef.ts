import { type AuditSeverity, classifyEvent, describeEvent } from "./audit-class.ts";
import { type AuditEvent, formatAuditActor } from "./audit-event.ts";
import { formatHalves, readFacts } from "./audit-facts.ts";
import { PRODUCT } from "./product.ts";
import { cutText, escapeHidden } from "./visible-text.ts";

/** In the middle of CEF's own bands: 0–3 low, 4–6 medium, 7–8 high, 9–10 very high. */
const SEVERITIES: Readonly<Record<AuditSeverity, number>> = { informational: 1, low: 3, medium: 5, high: 8 };

type Extension = { readonly key: string; readonly value: string | null; readonly lengthMax: number };

/** One event as one line of CEF 0. The lengths are those of ArcSight's dictionary: what is longer would be cut off or refused. */
export function formatCefLine(event: AuditEvent): string {
  const { title, severity } = classifyEvent(event);
  const header = [
    PRODUCT.vendor,
    PRODUCT.name,
    PRODUCT.version,
    cutText(event.action, 1023),
    cutText(title, 512),
    String(SEVERITIES[severity]),
  ];
  const extensions = listExtensions(event).flatMap(({ key, value, lengthMax }) => {
    const text = (value ?? "").trim();
    return text === "" ? [] : [`${key}=${escapeValue(cutText(text, lengthMax))}`];
  });
  return `CEF:0|${header.map(escapeHeader).join("|")}|${extensions.join(" ")}\n`;
}

function listExtensions(event: AuditEvent): readonly Extension[] {
  const facts = readFacts(event);
  const { status } = classifyEvent(event);
  const isFinal = status === "success" || status === "failure";
  return [
    { key: "rt", value: event.atMs === null ? null : String(event.atMs), lengthMax: 40 },
    { key: "externalId", value: String(event.seq), lengthMax: 40 },
    { key: "act", value: event.action, lengthMax: 63 },
    { key: "outcome", value: isFinal ? status : (facts.outcome ?? status), lengthMax: 63 },
    { key: "suser", value: formatAuditActor(event.actor), lengthMax: 1023 },
    { key: "reason", value: facts.reason, lengthMax: 1023 },
    { key: "msg", value: describeEvent(event), lengthMax: 1023 },
    ...custom("cs1", "statePath", facts.statePath),
    ...custom("cs2", "lockId", facts.lockId),
    ...custom("cs3", "account", facts.account),
    ...custom("cs4", "lockHolder", facts.who),
    ...custom("cs5", "halves", formatHalves(facts)),
    ...custom("cs6", "unlockId", event.unlockId),
    { key: "LockkeeperOutcome", value: facts.outcome, lengthMax: 63 },
    { key: "LockkeeperAccountId", value: facts.accountId, lengthMax: 1023 },
    { key: "LockkeeperRequestId", value: event.requestId, lengthMax: 1023 },
    { key: "LockkeeperAwsRequestIds", value: facts.awsRequestIds.join(" "), lengthMax: 4000 },
    { key: "LockkeeperHash", value: event.hash, lengthMax: 1023 },
  ];
}

function custom(key: string, label: string, value: string | null): readonly Extension[] {
  if (value === null || value.trim() === "") return [];
  return [
    { key: `${key}Label`, value: label, lengthMax: 1023 },
    { key, value, lengthMax: 4000 },
  ];
}

/** A header knows no line breaks: they stand as visible escapes, like everything hidden. */
function escapeHeader(text: string): string {
  return escapeHidden(text).replace(/[\\|]/g, "\\$&");
}

function escapeValue(text: string): string {
  return text
    .split(/(\r|\n)/)
    .map(escapePart)
    .join("");
}

function escapePart(part: string): string {
  if (part === "\n") return "\\n";
  if (part === "\r") return "\\r";
  return escapeHidden(part).replace(/[\\=]/g, "\\$&");
}
