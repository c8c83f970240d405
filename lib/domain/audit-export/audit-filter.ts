import type { AuditEvent } from "./audit-event.ts";
import { pickText } from "./json-pick.ts";

/** Which events are wanted; what is absent does not matter. The same words as those of the list of events. */
export type AuditEventFilter = {
  /** The bare name, of a person or of a part of ours. */
  readonly actor?: string | undefined;
  readonly account?: string | undefined;
  /** Any part of a state path, in any case. */
  readonly statePath?: string | undefined;
  readonly outcome?: string | undefined;
  readonly action?: string | undefined;
  readonly unlockId?: string | undefined;
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
};

/** True when every event is wanted. */
export function isEmptyFilter(filter: AuditEventFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** Whether an event is wanted; an event without a time is in no span of time. */
export function matchesFilter(event: AuditEvent, filter: AuditEventFilter): boolean {
  const { details, atMs } = event;
  const { fromMs, toMs } = filter;
  return (
    isEqual(filter.actor, event.actor.name) &&
    isEqual(filter.account, pickText(details, "account")) &&
    isPart(filter.statePath, pickText(details, "statePath")) &&
    isEqual(filter.outcome, pickText(details, "outcome")) &&
    isEqual(filter.action, event.action) &&
    isEqual(filter.unlockId, event.unlockId) &&
    (fromMs === undefined || (atMs !== null && atMs >= fromMs)) &&
    (toMs === undefined || (atMs !== null && atMs < toMs))
  );
}

function isEqual(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}

function isPart(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || (value ?? "").toLowerCase().includes(wanted.toLowerCase());
}
