import { isRecord, type JsonRecord, pickRecord, pickText } from "./json-pick.ts";

/** One event of the trail as its line tells it. What the line does not say is null, and `details` is empty. */
export type AuditEvent = {
  readonly seq: number;
  readonly hash: string | null;
  /** As written, and the same as epoch milliseconds where it is a time. */
  readonly at: string | null;
  readonly atMs: number | null;
  readonly action: string;
  readonly actor: AuditActor;
  readonly requestId: string | null;
  readonly unlockId: string | null;
  readonly details: JsonRecord;
};

/** Later versions know more kinds of actors and ways to sign in, so these are text. */
export type AuditActor = {
  readonly kind: string | null;
  readonly name: string | null;
  readonly authenticatedBy: string | null;
};

/** Stands in the place of an action where a line is not one of an audit trail. */
export const UNREADABLE_LINE = "unreadable line";

/** Reads one line of the trail. It never throws: a line that is not ours becomes an event of its number that says so. */
export function parseAuditEvent({ seq, line }: { readonly seq: number; readonly line: string }): AuditEvent {
  const record = parseRecord(line);
  const event = pickRecord(record, "event");
  const actor = pickRecord(event, "actor");
  const at = pickText(event, "at");
  return {
    seq,
    hash: pickText(record, "hash"),
    at,
    atMs: at === null ? null : parseTime(at),
    action: pickText(event, "action") ?? UNREADABLE_LINE,
    actor: {
      kind: pickText(actor, "kind"),
      name: pickText(actor, "name"),
      authenticatedBy: pickText(actor, "authenticatedBy"),
    },
    requestId: pickText(event, "requestId"),
    unlockId: pickText(event, "unlockId"),
    details: pickRecord(event, "details"),
  };
}

/** The actor as everywhere in the product: the name of a person, `system:` before that of a part of ours. */
export function formatAuditActor({ kind, name }: AuditActor): string {
  return kind === "system" ? `system:${name ?? ""}` : (name ?? "");
}

function parseTime(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function parseRecord(line: string): JsonRecord {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
