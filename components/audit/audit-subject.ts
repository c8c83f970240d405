import type { AuditEvent } from "#lib/domain/audit-export/audit-event.ts";
import { readFacts } from "#lib/domain/audit-export/audit-facts.ts";
import { type JsonRecord, pickList, pickText } from "#lib/domain/audit-export/json-pick.ts";
import { countEvents } from "./count-events.ts";

/** What an event was about, in one line: a state path, an export, a key, or what was wrong. */
export function describeSubject(event: AuditEvent): string | null {
  const { action, details } = event;
  switch (action) {
    case "audit.exported":
      return describeExport(details);
    case "audit.key_rotated":
      return `${pickText(details, "previousKeyId") ?? "?"} to ${pickText(details, "newKeyId") ?? "?"}`;
    case "config.changed":
      return describeChange(details);
    default:
      return readFacts(event).statePath ?? pickText(details, "problem") ?? pickText(details, "note");
  }
}

function describeExport(details: JsonRecord): string | null {
  const { events } = details;
  const count = typeof events === "number" ? countEvents(events) : null;
  return [pickText(details, "format"), count].filter((part) => part !== null).join(", ") || null;
}

/** `added source s3:payments…; changed scan`; nothing came or went with the first configuration. */
function describeChange(details: JsonRecord): string | null {
  const changes = (["added", "removed", "changed"] as const).flatMap((kind) => {
    const names = pickList(details, kind).filter((name) => typeof name === "string");
    return names.length === 0 ? [] : [`${kind} ${names.join(", ")}`];
  });
  return changes.join("; ") || null;
}
