import { type AuditEvent, formatAuditActor } from "./audit-event.ts";
import { formatHalves, readFacts } from "./audit-facts.ts";
import { cutText, escapeHidden } from "./visible-text.ts";

export const CSV_COLUMNS = [
  "seq",
  "at",
  "action",
  "actor",
  "account",
  "accountId",
  "statePath",
  "lockId",
  "who",
  "operation",
  "reason",
  "outcome",
  "unlockId",
  "requestId",
  "halves",
  "awsRequestIds",
  "hash",
] as const;

/** The first line of the file. */
export function formatCsvHeader(): string {
  return formatRow(CSV_COLUMNS);
}

/** One event as one row: RFC 4180, every cell quoted, and no cell that a spreadsheet would take for a formula. */
export function formatCsvRow(event: AuditEvent): string {
  const facts = readFacts(event);
  const cells: Readonly<Record<(typeof CSV_COLUMNS)[number], string | null>> = {
    seq: String(event.seq),
    at: event.at,
    action: event.action,
    actor: formatAuditActor(event.actor),
    account: facts.account,
    accountId: facts.accountId,
    statePath: facts.statePath,
    lockId: facts.lockId,
    who: facts.who,
    operation: facts.operation,
    reason: facts.reason,
    outcome: facts.outcome,
    unlockId: event.unlockId,
    requestId: event.requestId,
    halves: formatHalves(facts),
    awsRequestIds: facts.awsRequestIds.join(" "),
    hash: event.hash,
  };
  return formatRow(CSV_COLUMNS.map((column) => cells[column] ?? ""));
}

function formatRow(cells: readonly string[]): string {
  return `${cells.map(formatCell).join(",")}\r\n`;
}

/** What spreadsheets begin a formula with, and the forms that some of them fold into those. */
const SIGN = "=+\\-@＝＋－＠﹦﹢﹣﹫−";
const FORMULA_START = new RegExp(String.raw`^[\s\p{Z}"'’“”]*[${SIGN}\t\r]`, "u");
/** Whoever opens the file with another separator, or without minding quotes, begins a cell after one of these. */
const CELL_START_INSIDE = new RegExp(String.raw`([,;|"\t\r\n][\s\p{Z},;|"']*)([${SIGN}]?)`, "gu");
/** A spreadsheet's cell holds 32,767 characters, and some continue the rest in a cell of its own. */
const CELL_LENGTH_MAX = 32_000;

function formatCell(text: string): string {
  const cut = cutText(text, CELL_LENGTH_MAX);
  const guarded = (FORMULA_START.test(cut) ? `'${cut}` : cut).replace(CELL_START_INSIDE, guardSign);
  return `"${cutText(escapeHidden(guarded), CELL_LENGTH_MAX).replaceAll('"', '""')}"`;
}

function guardSign(_match: string, before: string, sign: string): string {
  return sign === "" ? before : `${before}'${sign}`;
}
