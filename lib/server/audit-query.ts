import { z } from "zod";
import { EXPORT_FORMATS, type ExportAuditInput } from "#lib/services/audit/export-audit.ts";
import { parseInput } from "./run-route.ts";

const Text = z.string().max(4000);
const Time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: "write a time such as 2026-11-23T03:40:00Z or a day",
  })
  .transform((text) => Date.parse(text));

/** Strict, since a filter with a typing error in its name must not answer with everything. */
const AuditQuery = z.strictObject({
  format: z.enum(EXPORT_FORMATS).default("jsonl"),
  after: z.coerce.number().int().min(0).default(0),
  actor: Text.optional(),
  account: Text.optional(),
  statePath: Text.optional(),
  outcome: Text.optional(),
  action: Text.optional(),
  unlockId: Text.optional(),
  from: Time.optional(),
  to: Time.optional(),
});

/** Reads the parameters of `GET /api/v1/audit`; an empty one counts as absent. Throws `invalid` naming the parameter. */
export function parseAuditQuery(parameters: URLSearchParams): Required<Omit<ExportAuditInput, "signal">> {
  const given = Object.fromEntries([...parameters].filter(([, value]) => value !== ""));
  const { format, after, from, to, ...rest } = parseInput(given, AuditQuery);
  return { format, afterSeq: after, filter: { ...rest, fromMs: from, toMs: to } };
}
