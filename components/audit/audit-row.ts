import { formatAuditActor, parseAuditEvent } from "#lib/domain/audit-export/audit-event.ts";
import { readFacts } from "#lib/domain/audit-export/audit-facts.ts";
import { describeSubject } from "./audit-subject.ts";

/** What the list shows of one line of the trail, and the line itself. */
export type AuditRow = {
  readonly seq: number;
  readonly at: string | null;
  readonly action: string;
  readonly actor: string;
  /** What it was about: a state path, an export, a key. */
  readonly subject: string | null;
  readonly outcome: string | null;
  readonly unlockId: string | null;
  readonly line: string;
  /** Only the beginning of the line is here: a lock may be large, and a hundred lines are on a page. */
  readonly isCut: boolean;
};

const LINE_LENGTH_MAX = 20_000;

/** Reads a line for display; one that is not ours is shown all the same, by its number. */
export function toAuditRow({ seq, line }: { readonly seq: number; readonly line: string }): AuditRow {
  const event = parseAuditEvent({ seq, line });
  return {
    seq,
    at: event.at,
    action: event.action,
    actor: formatAuditActor(event.actor),
    subject: describeSubject(event),
    outcome: readFacts(event).outcome,
    unlockId: event.unlockId,
    line: line.slice(0, LINE_LENGTH_MAX),
    isCut: line.length > LINE_LENGTH_MAX,
  };
}
