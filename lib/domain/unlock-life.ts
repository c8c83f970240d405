import { type AuditEvent, formatAuditActor } from "./audit-export/audit-event.ts";
import { isRecord, type JsonRecord, pickList, pickText } from "./audit-export/json-pick.ts";
import type { UnlockDetail } from "./unlock-view.ts";

/** What stands in an unlock's life. `other` is an event that this version has no words for. */
export type LifeStepKind =
  | "requested"
  | "intent"
  | "unknown"
  | "outcome"
  | "settled"
  | "refused"
  | "approval_requested"
  | "approval_given"
  | "glass_broken"
  | "glass_reviewed"
  | "other";

/** One step in the life of an unlock, as its record and the trail tell it. */
export type LifeStep = {
  readonly key: string;
  readonly of: "unlock" | "restore";
  readonly kind: LifeStepKind;
  readonly action: string | null;
  /** Its line in the trail; null for what the record alone tells. */
  readonly seq: number | null;
  /** The record tells of it, and the trail should and does not. */
  readonly isMissing: boolean;
  readonly at: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
  /** Until when what the intent allowed could be sent. */
  readonly until: string | null;
  readonly outcome: string | null;
  /** The record's outcome where the trail has another. */
  readonly recordSays: string | null;
  readonly problem: string | null;
  /** Halves of which this step tells something new, with the request ids that are new. */
  readonly halves: readonly LifeHalf[];
};

export type LifeHalf = {
  readonly mechanism: string;
  readonly location: string;
  readonly outcome: string;
  readonly detail: string;
  readonly awsRequestIds: readonly string[];
};

/** The whole story of an unlock, oldest first. */
export type UnlockLife = {
  readonly steps: readonly LifeStep[];
  /** The trail has more of it than was read. */
  readonly isCut: boolean;
};

/** One attempt as its record has it: the unlock itself, or one to undo it. */
type Attempt = Pick<UnlockDetail, "requestedAt" | "intentAt" | "deadlineAt" | "outcomeAt" | "actor" | "reason"> & {
  readonly of: LifeStep["of"];
  readonly id: string;
  readonly outcome: string;
  readonly halves: readonly LifeHalf[];
};

type Placed = { readonly place: number; readonly step: LifeStep };

/**
 * Tells an unlock's life from its record and its events (oldest first), in the order of the trail. What the record claims and
 * the trail lacks is told as missing, unless the events are only the newest of them.
 */
export function buildUnlockLife(unlock: UnlockDetail, events: readonly AuditEvent[], isCut: boolean): UnlockLife {
  const attempts: readonly Attempt[] = [
    { ...unlock, of: "unlock" },
    ...unlock.restores.map((restore) => ({ ...restore, of: "restore" as const })),
  ];
  const ids = new Set(unlock.restores.map((restore) => restore.id));
  const groups = Map.groupBy(events, (event) => nameAttempt(event, unlock.id, ids));
  const told = attempts.flatMap((attempt, index) =>
    tellAttempt(attempt, groups.get(attempt.id) ?? [], { isCut, placeWithoutEvents: index === 0 ? 0 : Infinity }),
  );
  const others = (groups.get("") ?? []).map((event): Placed => {
    const of = event.action.startsWith("restore.") ? "restore" : "unlock";
    // It was committed with the intent that follows it.
    const place = event.action === "break_glass.used" ? event.seq + 0.75 : event.seq;
    return { place, step: tellEvent(event, { of, known: [], until: null, isOwn: false }) };
  });
  // Before there was a record: nothing of the trail bears its id yet.
  const approved = tellApproval(unlock).map((step): Placed => ({ place: -1, step }));
  const steps = [...approved, ...told, ...others].toSorted((a, b) => (a.place === b.place ? 0 : a.place - b.place));
  return { steps: steps.map(({ step }) => step), isCut };
}

/** The id of the attempt that an event tells of; empty where it is of none that has a record. */
function nameAttempt({ action, details }: AuditEvent, unlockId: string, restoreIds: ReadonlySet<string>): string {
  if (action.startsWith("unlock.")) return unlockId;
  const restoreId = pickText(details, "restoreId") ?? "";
  return restoreIds.has(restoreId) ? restoreId : "";
}

/** Who was asked to approve it and did, as the request has it. */
function tellApproval({ id, approval }: UnlockDetail): readonly LifeStep[] {
  if (approval === null) return [];
  const { requestedAt, requestedBy, because, approvedAt, approvedBy, comment } = approval;
  const of = { ...EMPTY, of: "unlock" } as const;
  const asked = { ...of, kind: "approval_requested", key: `${id} asked`, at: requestedAt, actor: requestedBy } as const;
  const given = { ...of, kind: "approval_given", key: `${id} approved`, at: approvedAt, actor: approvedBy } as const;
  return [
    { ...asked, problem: because },
    { ...given, reason: comment },
  ];
}

function tellAttempt(
  attempt: Attempt,
  events: readonly AuditEvent[],
  { isCut, placeWithoutEvents }: { isCut: boolean; placeWithoutEvents: number },
): readonly Placed[] {
  const { of, id, actor, reason, requestedAt, intentAt, deadlineAt, outcomeAt, outcome, halves } = attempt;
  const first = events[0]?.seq ?? placeWithoutEvents;
  const last = events.at(-1)?.seq ?? placeWithoutEvents;
  const fromRecord = { ...EMPTY, of, key: id };
  const requested = {
    ...fromRecord,
    kind: "requested",
    key: `${id} requested`,
    at: requestedAt,
    actor,
    reason,
  } as const;

  let known: readonly LifeHalf[] = [];
  const steps = events.map((event): Placed => {
    const step = tellEvent(event, { of, known, until: deadlineAt, isOwn: true });
    known = readHalves(event.details);
    const isOther = isFinal(step.kind) && outcomeAt !== null && step.outcome !== outcome;
    return { place: event.seq, step: isOther ? { ...step, recordSays: outcome } : step };
  });

  const missing: Placed[] = [];
  const lacks = (isWanted: (kind: LifeStepKind) => boolean) => !isCut && !steps.some(({ step }) => isWanted(step.kind));
  if (intentAt !== null && lacks((kind) => kind === "intent")) {
    const step = { ...fromRecord, kind: "intent", key: `${id} intent`, at: intentAt, until: deadlineAt } as const;
    missing.push({ place: first - 0.25, step: { ...step, isMissing: true } });
  }
  if (outcomeAt !== null && lacks(isFinal)) {
    const step = { ...fromRecord, kind: "outcome", key: `${id} outcome`, at: outcomeAt, outcome, halves } as const;
    missing.push({ place: last + 0.25, step: { ...step, isMissing: true } });
  }
  return [{ place: first - 0.5, step: requested }, ...steps, ...missing];
}

const EMPTY: Omit<LifeStep, "key" | "of" | "kind"> = {
  action: null,
  seq: null,
  isMissing: false,
  at: null,
  actor: null,
  reason: null,
  until: null,
  outcome: null,
  recordSays: null,
  problem: null,
  halves: [],
};

/** `isOwn` tells that a record goes with it, whose reason was told when it was asked for. */
function tellEvent(
  event: AuditEvent,
  { of, known, until, isOwn }: { of: LifeStep["of"]; known: readonly LifeHalf[]; until: string | null; isOwn: boolean },
): LifeStep {
  const { seq, action, at, actor, details } = event;
  const kind = KINDS.get(action) ?? "other";
  return {
    ...EMPTY,
    key: String(seq),
    of,
    kind,
    action,
    seq,
    at,
    actor: formatAuditActor(actor),
    reason: isOwn ? null : (pickText(details, "comment") ?? pickText(details, "reason")),
    until: kind === "intent" ? until : null,
    outcome: kind === "intent" || kind === "glass_broken" ? null : pickText(details, "outcome"),
    problem: pickText(details, "problem"),
    halves: kind === "glass_broken" ? [] : readHalves(details).flatMap((half) => keepNews(half, known)),
  };
}

const KINDS: ReadonlyMap<string, LifeStepKind> = new Map<string, LifeStepKind>([
  ...(["unlock", "restore"] as const).flatMap((of) =>
    (["intent", "unknown", "outcome", "settled", "refused"] as const).map((kind) => [`${of}.${kind}`, kind] as const),
  ),
  ["break_glass.used", "glass_broken"],
  ["break_glass.reviewed", "glass_reviewed"],
]);

function isFinal(kind: LifeStepKind): boolean {
  return kind === "outcome" || kind === "settled" || kind === "refused";
}

function readHalves(details: JsonRecord): readonly LifeHalf[] {
  return pickList(details, "halves")
    .filter(isRecord)
    .map((half) => ({
      mechanism: pickText(half, "mechanism") ?? "",
      location: pickText(half, "location") ?? "",
      outcome: pickText(half, "outcome") ?? "",
      detail: pickText(half, "detail") ?? "",
      awsRequestIds: pickList(half, "awsRequestIds").filter((id) => typeof id === "string"),
    }));
}

/** A half as this step found it, with the requests that it made; nothing where it is as the step before had it. */
function keepNews(half: LifeHalf, known: readonly LifeHalf[]): readonly LifeHalf[] {
  const before = known.find(({ mechanism, location }) => mechanism === half.mechanism && location === half.location);
  if (before === undefined) return [half];
  const awsRequestIds = half.awsRequestIds.filter((id) => !before.awsRequestIds.includes(id));
  const isSame = before.outcome === half.outcome && before.detail === half.detail && awsRequestIds.length === 0;
  return isSame ? [] : [{ ...half, awsRequestIds }];
}
