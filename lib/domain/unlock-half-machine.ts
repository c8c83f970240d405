import type { HalfOutcome } from "./unlock.ts";

/** `requested` until its intent is on record, then `unknown` until its one outcome, which never changes. */
export type HalfState = "requested" | HalfOutcome;

/** Why an unlock ends before anything of it was read freshly. */
export type TurnDown =
  | "listed_gone"
  | "not_as_shown"
  | "blocked"
  | "by_policy"
  | "role_refused"
  | "no_session"
  | "in_progress";
/** What the read for this unlock found, compared with what the person saw. */
export type FreshFinding = "as_shown" | "different" | "absent" | "denied" | "failed";
/** What AWS answered to the one delete; `unknown` says that it may have happened. */
export type DeleteAnswer = "deleted" | "condition_failed" | "absent" | "denied" | "rejected" | "unknown";
/** What a later read found, compared with what stood there when the intent was committed. */
export type ReadBack = "absent" | "same" | "different" | "unread";
/** Whether a bucket's history proves that exactly this half was removed within the time of its unlock. */
export type Proof = "removed_in_time" | "not_proven";

/** Everything that can happen to one half. `message` says what AWS or the rule said, for the record. */
export type HalfEvent =
  | { readonly kind: "turned_down"; readonly because: TurnDown; readonly message: string }
  | { readonly kind: "fresh_read"; readonly found: FreshFinding; readonly message: string }
  | { readonly kind: "other_half_stopped" }
  | { readonly kind: "intent_committed" }
  | { readonly kind: "not_sent"; readonly because: "half_before_stands" | "too_late" }
  | {
      readonly kind: "delete_answered";
      readonly answer: DeleteAnswer;
      readonly after: ReadBack;
      readonly message: string;
    }
  /** A look of the reconciler; due once nothing that was sent can still arrive. A crash is no event: nothing is told of it. */
  | {
      readonly kind: "settling_read";
      readonly found: ReadBack;
      readonly isDue: boolean;
      readonly proof: Proof;
      readonly message: string;
    };

/** Where an event leads, and why. An event that is not allowed leaves the state as it is. */
export type Step<State> = { readonly verdict: "next" | "not_allowed"; readonly state: State; readonly detail: string };

/** What surely ends the state `requested`. */
export type Leaving = { readonly kind: "turned_down" | "other_half_stopped" | "intent_committed" };

/** The life of one half. What leaves doubt stays `unknown`: only the settling read, once it is due, may decide it. */
export function stepHalf(state: HalfOutcome, event: HalfEvent): Step<HalfOutcome>;
export function stepHalf(state: "requested", event: Extract<HalfEvent, Leaving>): Step<HalfOutcome>;
export function stepHalf(state: HalfState, event: HalfEvent): Step<HalfState>;
export function stepHalf(state: HalfState, event: HalfEvent): Step<HalfState> {
  const move = state === "requested" ? beforeIntent(event) : state === "unknown" ? afterIntent(event) : HAS_OUTCOME;
  return typeof move === "string"
    ? { verdict: "not_allowed", state, detail: move }
    : { verdict: "next", state: move[0], detail: move[1] };
}

/** The next half may be touched only when this one is surely gone. */
export function mayContinueAfter(outcome: HalfOutcome): boolean {
  return outcome === "released" || outcome === "already_gone" || outcome === "gone_unattributed";
}

/** Whether what a delete proves depends on the read after it. */
export function needsReadBack(answer: DeleteAnswer): boolean {
  return answer === "deleted" || answer === "condition_failed" || answer === "absent";
}

type Move = readonly [HalfState, string];
/** A text says why the event is not allowed. */
type MoveOrRefusal = Move | string;

export const HAS_OUTCOME = "It has its outcome, which never changes.";
export const HAS_INTENT = "Its intent is on record, so it may have been deleted.";
export const NO_INTENT = "Without an intent on record nothing was sent, so there is nothing to settle.";
const NOT_DUE = "A delete of ours may still be on its way.";

export const TURNED_DOWN = {
  listed_gone: "already_gone",
  not_as_shown: "changed",
  blocked: "refused",
  by_policy: "refused",
  role_refused: "refused",
  no_session: "not_executed",
  in_progress: "refused",
} as const satisfies Record<TurnDown, HalfOutcome>;

function beforeIntent(event: HalfEvent): MoveOrRefusal {
  switch (event.kind) {
    case "turned_down":
      return [TURNED_DOWN[event.because], event.message];
    case "fresh_read":
      return judgeFreshRead(event.found, event.message);
    case "other_half_stopped":
      return ["not_executed", "Unchanged, but not touched. Nothing was deleted."];
    case "intent_committed":
      return ["unknown", "The delete has no answer yet."];
    case "not_sent":
    case "delete_answered":
    case "settling_read":
      return NO_INTENT;
  }
}

function judgeFreshRead(found: FreshFinding, message: string): Move {
  switch (found) {
    case "as_shown":
      return ["requested", "It is as it was shown."];
    case "different":
      return ["changed", "It changed since it was shown. Nothing was deleted."];
    case "absent":
      return ["already_gone", "It is gone already. Nothing was deleted."];
    case "denied":
      return ["refused", `${message} Nothing was deleted.`];
    case "failed":
      return ["not_executed", `${message} Nothing was deleted.`];
  }
}

function afterIntent(event: HalfEvent): MoveOrRefusal {
  switch (event.kind) {
    case "not_sent":
      return event.because === "too_late"
        ? ["not_executed", "The time for this unlock had passed before the delete was sent."]
        : ["not_executed", "The other half was not surely gone, so this one was left alone."];
    case "delete_answered":
      return judgeAnswer(event.answer, event.after, event.message);
    case "settling_read":
      return event.isDue ? settle(event.found, event.proof, event.message) : NOT_DUE;
    case "turned_down":
    case "fresh_read":
    case "other_half_stopped":
    case "intent_committed":
      return HAS_INTENT;
  }
}

/** What one delete and the read after it prove. */
function judgeAnswer(answer: DeleteAnswer, after: ReadBack, message: string): Move {
  switch (answer) {
    case "deleted":
      return AFTER_SUCCESS[after];
    case "condition_failed":
      return AFTER_FAILED_CONDITION[after];
    case "absent":
      return AFTER_NOT_FOUND[after];
    case "denied":
      return ["refused", message];
    case "rejected":
      return ["not_executed", message];
    case "unknown":
      return ["unknown", message];
  }
}

const AFTER_SUCCESS: Readonly<Record<ReadBack, Move>> = {
  absent: ["released", "Deleted, and confirmed by reading back."],
  different: ["released", "Deleted; another holder took the lock right after."],
  same: ["unknown", "AWS confirmed the delete, yet the same lock is still there."],
  unread: ["unknown", "AWS confirmed the delete, but reading back failed."],
};

const GONE_BEFORE: Move = ["already_gone", "It was gone before our delete arrived."];

const AFTER_FAILED_CONDITION: Readonly<Record<ReadBack, Move>> = {
  absent: GONE_BEFORE,
  different: ["changed", "It changed since it was read. Nothing was deleted."],
  same: ["not_executed", "AWS refused the condition although the lock reads the same. Nothing was deleted."],
  unread: ["changed", "AWS answered that it changed; who holds it now could not be read. Nothing was deleted."],
};

const AFTER_NOT_FOUND: Readonly<Record<ReadBack, Move>> = {
  absent: GONE_BEFORE,
  different: ["changed", "Somebody else holds it now."],
  same: ["not_executed", "AWS answered that it is absent, yet it is still there."],
  unread: GONE_BEFORE,
};

/** A lock that is gone may have been removed by us or by its holder: only the bucket's history can tell. */
function settle(found: ReadBack, proof: Proof, message: string): Move {
  switch (found) {
    case "same":
      return ["not_executed", "The same lock is still there, so our delete never took effect."];
    case "different":
      return [
        "gone_unattributed",
        "Another lock is there now; whether our delete removed the one before cannot be told.",
      ];
    case "unread":
      return ["unknown", `Still unknown: ${message}`];
    case "absent":
      return proof === "removed_in_time"
        ? ["released", message]
        : [
            "gone_unattributed",
            `It is gone; whether our delete or somebody else's did it cannot be told. ${message}`.trim(),
          ];
  }
}
