import { type AuditEvent, parseAuditEvent } from "#lib/domain/audit-export/audit-event.ts";
import { type AuditEventFilter, isEmptyFilter, matchesFilter } from "#lib/domain/audit-export/audit-filter.ts";
import { formatCefLine } from "#lib/domain/audit-export/cef.ts";
import { formatCsvHeader, formatCsvRow } from "#lib/domain/audit-export/csv.ts";
import { formatOcsfLine } from "#lib/domain/audit-export/ocsf.ts";
import { limitRate } from "#lib/services/access/limit-rate.ts";
import { type Asker, requireEverywhere } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditLine } from "#lib/services/ports/trail.ts";

/** Few, since hostile lock text makes a line a quarter of a megabyte long. */
const LINES_AT_ONCE = 200;

export const EXPORT_FORMATS = ["jsonl", "csv", "ocsf", "cef"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Format = {
  readonly contentType: string;
  readonly fileName: string;
  readonly header: string;
  /** Null for lines as they are stored: whoever verifies the chain needs these bytes and no others. */
  readonly formatEvent: ((event: AuditEvent) => string) | null;
};

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  jsonl: {
    contentType: "application/jsonl; charset=utf-8",
    fileName: "lockkeeper-audit.jsonl",
    header: "",
    formatEvent: null,
  },
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    fileName: "lockkeeper-audit.csv",
    header: formatCsvHeader(),
    formatEvent: formatCsvRow,
  },
  ocsf: {
    contentType: "application/jsonl; charset=utf-8",
    fileName: "lockkeeper-audit.ocsf.jsonl",
    header: "",
    formatEvent: formatOcsfLine,
  },
  cef: {
    contentType: "text/plain; charset=utf-8",
    fileName: "lockkeeper-audit.cef",
    header: "",
    formatEvent: formatCefLine,
  },
};

export type ExportAuditInput = {
  readonly format: ExportFormat;
  readonly afterSeq: number;
  readonly filter?: AuditEventFilter;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
};

export type AuditExport = {
  readonly contentType: string;
  readonly fileName: string;
  /** Reads one page of the trail for each piece asked for; a page without a wanted event is an empty piece. */
  readonly stream: AsyncGenerator<string>;
};

type Exporter = Asker & Pick<Context, "rates">;
type Span = { readonly afterSeq: number; readonly upToSeq: number; readonly filter: AuditEventFilter };

/**
 * Everything after `afterSeq` up to the event that is last now, oldest first. That it was exported is on the trail before the
 * first byte is given out; where it cannot be recorded, nothing is. Throws AppError `invalid` for a filtered JSONL, `refused`
 * for who may not read all of the trail, and `too_many`.
 */
export async function exportAudit(ctx: Exporter, input: ExportAuditInput): Promise<AuditExport> {
  const { format, afterSeq, filter = {} } = input;
  await requireEverywhere(ctx, "audit.read");
  await limitRate(ctx, "export");
  if (format === "jsonl" && !isEmptyFilter(filter)) {
    const hint = "Leave the filters out, or ask for csv, ocsf or cef.";
    throw new AppError("JSONL can only be verified whole, so it takes no filters.", { code: "invalid", hint });
  }
  const { seq: upToSeq } = await ctx.audit.readHead();
  const span = { afterSeq, upToSeq, filter };
  const { events, isNews } = await survey(ctx, span, input.signal);
  // Whoever follows the trail gets the record of the last export with the next one: that must not make yet another.
  if (isNews) await record(ctx, { format, afterSeq, upToSeq, events, filter });
  const { contentType, fileName } = FORMATS[format];
  return { contentType, fileName, stream: streamSpan(ctx, span, FORMATS[format]) };
}

async function record(ctx: Exporter, details: Readonly<Record<string, unknown>>): Promise<void> {
  const { actor, requestId } = ctx;
  try {
    await ctx.audit.append({
      action: "audit.exported",
      actor,
      atMs: ctx.now(),
      requestId,
      unlockId: null,
      details,
    });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const hint = "Nothing was exported. Try again when the database accepts writes.";
    throw new AppError("The export could not be recorded.", { code: "unavailable", hint, cause });
  }
}

/** How many events are wanted, and whether any of them is more than the record of an export. Stops reading when both are known. */
async function survey(
  ctx: Exporter,
  span: Span,
  signal: AbortSignal | undefined,
): Promise<{ readonly events: number; readonly isNews: boolean }> {
  const isWhole = isEmptyFilter(span.filter);
  let events = 0;
  let isNews = false;
  for await (const page of readPages(ctx, span)) {
    if (signal?.aborted === true) {
      throw new AppError("The export was cancelled.", { code: "invalid", hint: "Ask for it again." });
    }
    const wanted = listWanted(page, span.filter);
    events += wanted.length;
    isNews ||= wanted.some((event) => event.action !== "audit.exported");
    if (isWhole && isNews) break;
  }
  return { events: isWhole ? Math.max(0, span.upToSeq - span.afterSeq) : events, isNews };
}

async function* streamSpan(ctx: Exporter, span: Span, format: Format): AsyncGenerator<string> {
  const { header, formatEvent } = format;
  if (header !== "") yield header;
  for await (const page of readPages(ctx, span)) {
    const pieces =
      formatEvent === null ? page.map(({ line }) => `${line}\n`) : listWanted(page, span.filter).map(formatEvent);
    yield pieces.join("");
  }
}

function listWanted(page: readonly AuditLine[], filter: AuditEventFilter): readonly AuditEvent[] {
  return page.map(parseAuditEvent).filter((event) => matchesFilter(event, filter));
}

async function* readPages(ctx: Exporter, { afterSeq, upToSeq }: Span): AsyncGenerator<readonly AuditLine[]> {
  let seq = afterSeq;
  while (seq < upToSeq) {
    const lines = await ctx.audit.readLines({ afterSeq: seq, limit: Math.min(LINES_AT_ONCE, upToSeq - seq) });
    const page = lines.filter((line) => line.seq <= upToSeq);
    const last = page.at(-1);
    if (last === undefined) {
      // Better a broken download than one that ends early and looks whole.
      const hint = "Verify the trail, and compare it with a checkpoint that was kept elsewhere.";
      throw new AppError(`Events ${seq + 1} to ${upToSeq} are not there.`, { code: "unexpected", hint });
    }
    yield page;
    seq = last.seq;
  }
}
