import { createLoader, type inferParserType, parseAsInteger, parseAsString } from "nuqs/server";
import type { AuditEventFilter } from "#lib/domain/audit-export/audit-filter.ts";

const text = parseAsString.withDefault("");

/** The state of the page that lives in the URL; the filters have the names that the API's export takes. */
export const AUDIT_PARAMS = {
  statePath: text,
  actor: text,
  account: text,
  action: text,
  outcome: text,
  unlockId: text,
  from: text,
  to: text,
  /** The page that ends before this event. */
  before: parseAsInteger,
  /** The event whose line is open. */
  line: parseAsInteger,
};

export type AuditParams = inferParserType<typeof AUDIT_PARAMS>;

export const loadAuditParams = createLoader(AUDIT_PARAMS);

export const FILTER_NAMES = ["statePath", "actor", "account", "action", "outcome", "unlockId", "from", "to"] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

export const NO_AUDIT_FILTER: Readonly<Record<FilterName, null>> = {
  statePath: null,
  actor: null,
  account: null,
  action: null,
  outcome: null,
  unlockId: null,
  from: null,
  to: null,
};

/** Times are written so by us; days and other zones by people. Anything else is no time, as for the API. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Epoch milliseconds of a time in the URL; null where it is none. */
export function parseTimeParam(value: string): number | null {
  const ms = TIME.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** The filter as the trail knows it. A time that is none filters nothing, which the page says. */
export function toAuditFilter(params: AuditParams): AuditEventFilter {
  const orAll = (value: string) => (value === "" ? undefined : value);
  return {
    statePath: orAll(params.statePath),
    // The list writes `system:` before the name of a part of ours, the trail does not.
    actor: orAll(params.actor.replace(/^system:/, "")),
    account: orAll(params.account),
    action: orAll(params.action),
    outcome: orAll(params.outcome),
    unlockId: orAll(params.unlockId),
    fromMs: parseTimeParam(params.from) ?? undefined,
    toMs: parseTimeParam(params.to) ?? undefined,
  };
}

/** Parameters that filter nothing because they are no times. */
export function listBadTimes(params: AuditParams): readonly ("from" | "to")[] {
  return (["from", "to"] as const).filter((name) => params[name] !== "" && parseTimeParam(params[name]) === null);
}

/** Where the events that match are exported. */
export function formatExportPath(format: string, filter: AuditEventFilter): string {
  const { fromMs, toMs, ...rest } = filter;
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, value);
  if (fromMs !== undefined) query.set("from", new Date(fromMs).toISOString());
  if (toMs !== undefined) query.set("to", new Date(toMs).toISOString());
  return `/api/v1/audit?${query}`;
}

/** The filters that are on, for a link to another page of the same list. */
export function listSetParams(params: AuditParams): Record<string, string> {
  return Object.fromEntries(FILTER_NAMES.map((name) => [name, params[name]]).filter(([, value]) => value !== ""));
}
