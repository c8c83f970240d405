import type { SightingView } from "#lib/domain/lock-detail.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

export type TimelineEvent =
  | {
      readonly kind: "seen";
      readonly at: string;
      readonly mechanisms: readonly string[];
      readonly lockId: string | null;
      readonly who: string | null;
      readonly operation: string | null;
    }
  | {
      readonly kind: "gone";
      readonly at: string;
      readonly mechanisms: readonly string[];
      readonly lockId: string | null;
      readonly who: string | null;
      readonly unlockId: string | null;
    }
  | { readonly kind: "unlock"; readonly at: string; readonly unlock: UnlockView };

/** Halves that come or go in one sweep, or in two that follow each other, are one event. */
const TOGETHER_MS = 2 * 60 * 1000;

/** What happened at a state path, newest first: locks first seen and gone, and every unlock that was tried. */
export function buildTimeline(
  history: readonly SightingView[],
  unlocks: readonly UnlockView[],
): readonly TimelineEvent[] {
  const events: TimelineEvent[] = [
    ...history.map(
      ({ mechanism, lockId, who, operation, firstSeenAt }): TimelineEvent => ({
        kind: "seen",
        at: firstSeenAt,
        mechanisms: [mechanism],
        lockId,
        who,
        operation,
      }),
    ),
    ...history.flatMap(({ mechanism, lockId, who, goneAt, unlockId }): TimelineEvent[] =>
      goneAt === null ? [] : [{ kind: "gone", at: goneAt, mechanisms: [mechanism], lockId, who, unlockId }],
    ),
    ...unlocks.map((unlock): TimelineEvent => ({ kind: "unlock", at: unlock.requestedAt, unlock })),
  ];
  return joinHalves(events.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)));
}

function joinHalves(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const joined: TimelineEvent[] = [];
  for (const event of events) {
    const index = joined.findIndex((earlier) => isSameEvent(earlier, event));
    const earlier = joined[index];
    if (earlier === undefined || earlier.kind === "unlock" || event.kind === "unlock") joined.push(event);
    else joined[index] = { ...earlier, mechanisms: [...earlier.mechanisms, ...event.mechanisms] };
  }
  return joined;
}

function isSameEvent(a: TimelineEvent, b: TimelineEvent): boolean {
  if (a.kind === "unlock" || b.kind === "unlock" || a.kind !== b.kind) return false;
  if (a.lockId !== b.lockId || a.who !== b.who) return false;
  if (a.kind === "gone" && b.kind === "gone" && a.unlockId !== b.unlockId) return false;
  const isOtherHalf = b.mechanisms.every((mechanism) => !a.mechanisms.includes(mechanism));
  return isOtherHalf && Math.abs(Date.parse(a.at) - Date.parse(b.at)) <= TOGETHER_MS;
}

export type Departure = { readonly at: string; readonly unlock: UnlockView | null; readonly unlockId: string | null };

/** When the last lock of the path went, and by which unlock of ours, if by one. */
export function findDeparture(history: readonly SightingView[], unlocks: readonly UnlockView[]): Departure | null {
  const gone = history.filter((sighting) => sighting.goneAt !== null);
  const last = gone.toSorted((a, b) => Date.parse(b.goneAt ?? "") - Date.parse(a.goneAt ?? ""))[0];
  if (last?.goneAt == null) return null;
  const { goneAt, unlockId } = last;
  return { at: goneAt, unlockId, unlock: unlocks.find((unlock) => unlock.id === unlockId) ?? null };
}
