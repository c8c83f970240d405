import { isRecord } from "#components/api/call.ts";

/** What the page shows of one line of the trail; the line itself is one click away. */
export type AuditEventView = {
  readonly seq: number;
  readonly line: string;
  readonly at: string | null;
  readonly action: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly outcome: string | null;
  readonly unlockId: string | null;
  readonly hash: string | null;
};

/** Reads a line for display; one that cannot be read is shown all the same, by its number. */
export function parseAuditLine({ seq, line }: { seq: number; line: string }): AuditEventView {
  const record = parseRecord(line);
  const event = pickRecord(record, "event");
  const details = pickRecord(event, "details");
  const actor = pickRecord(event, "actor");
  return {
    seq,
    line,
    at: pickText(event, "at"),
    action: pickText(event, "action") ?? "unreadable line",
    actor: nameActor(actor),
    subject: pickText(details, "statePath") ?? pickText(details, "sourceId"),
    // An intent stands before its outcome: "unknown" there would read as a finding.
    outcome: pickText(event, "action") === "unlock.intent" ? null : pickText(details, "outcome"),
    unlockId: pickText(event, "unlockId"),
    hash: pickText(record, "hash"),
  };
}

function nameActor(actor: Record<string, unknown>): string {
  const name = pickText(actor, "name") ?? "";
  return pickText(actor, "kind") === "system" ? `system:${name}` : name;
}

function parseRecord(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function pickRecord(record: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = Object.hasOwn(record, name) ? record[name] : null;
  return isRecord(value) ? value : {};
}

function pickText(record: Record<string, unknown>, name: string): string | null {
  const value = Object.hasOwn(record, name) ? record[name] : null;
  return typeof value === "string" && value !== "" ? value : null;
}
