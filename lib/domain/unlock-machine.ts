import type { HalfOutcome, UnlockOutcome } from "./unlock.ts";
import {
  HAS_INTENT,
  HAS_OUTCOME,
  type HalfState,
  type Leaving,
  mayContinueAfter,
  NO_INTENT,
  type Step,
  TURNED_DOWN,
  type TurnDown,
} from "./unlock-half-machine.ts";

/** `requested` until its intent is on record, then `unknown` until its one outcome, which never changes. */
export type UnlockState = "requested" | UnlockOutcome;

/** Everything that can happen to the unlock as a whole; `halves` are all of its halves as they stand. */
export type UnlockEvent =
  | { readonly kind: "turned_down"; readonly because: TurnDown }
  | { readonly kind: "freshly_read"; readonly halves: readonly HalfState[] }
  | { readonly kind: "intent_committed" }
  | { readonly kind: "halves_moved"; readonly halves: readonly HalfOutcome[] };

/** The life of the whole unlock, which follows from its halves. */
export function stepUnlock(state: UnlockOutcome, event: UnlockEvent): Step<UnlockOutcome>;
export function stepUnlock(state: "requested", event: Extract<UnlockEvent, Leaving>): Step<UnlockOutcome>;
export function stepUnlock(state: UnlockState, event: UnlockEvent): Step<UnlockState>;
export function stepUnlock(state: UnlockState, event: UnlockEvent): Step<UnlockState> {
  if (state === "requested") {
    switch (event.kind) {
      case "turned_down":
        return next(TURNED_DOWN[event.because]);
      case "freshly_read":
        return next(decideAfterReading(event.halves));
      case "intent_committed":
        return next("unknown");
      case "halves_moved":
        return notAllowed(state, NO_INTENT);
    }
  }
  if (state !== "unknown") return notAllowed(state, HAS_OUTCOME);
  return event.kind === "halves_moved" ? next(decideOutcome(event.halves)) : notAllowed(state, HAS_INTENT);
}

/** `requested` only if every half is as it was shown; otherwise nothing is deleted, and this is the outcome. */
function decideAfterReading(halves: readonly HalfState[]): UnlockState {
  const stopped = halves.filter((state) => state !== "requested");
  if (stopped.length === 0 && halves.length > 0) return "requested";
  // One half gone and the other still there is not the lock that was shown either.
  if (stopped.length < halves.length && stopped.includes("already_gone")) return "changed";
  return decideOutcome(stopped);
}

/** `unknown` until every half is settled, `partial` when one was removed and another is not gone. */
function decideOutcome(halves: readonly HalfOutcome[]): UnlockOutcome {
  if (halves.includes("unknown")) return "unknown";
  const isAnyRemoved = halves.includes("released") || halves.includes("gone_unattributed");
  if (isAnyRemoved && !halves.every(mayContinueAfter)) return "partial";
  for (const outcome of ["released", "gone_unattributed", "changed", "refused", "not_executed"] as const) {
    if (halves.includes(outcome)) return outcome;
  }
  return "already_gone";
}

function next<State>(state: State): Step<State> {
  return { verdict: "next", state, detail: "" };
}

function notAllowed<State>(state: State, detail: string): Step<State> {
  return { verdict: "not_allowed", state, detail };
}
