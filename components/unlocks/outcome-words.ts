import { RESTORE_OUTCOMES, type RestoreOutcome } from "#lib/domain/restore.ts";
import { UNLOCK_OUTCOMES, type UnlockOutcome } from "#lib/domain/unlock.ts";

/** What an outcome is the outcome of: the same word means another thing for each. */
export type OutcomeOf = "unlock" | "restore";

export type OutcomeWords = {
  readonly word: string;
  /** What it means for the lock, in one sentence. */
  readonly sentence: string;
  readonly tone: "done" | "look" | "broken" | "open";
};

const WORDS: Readonly<Record<UnlockOutcome, OutcomeWords>> = {
  released: { word: "Released", sentence: "The lock was removed.", tone: "done" },
  partial: {
    word: "Partly released",
    sentence: "One half was removed, the other is still there. Finishing it is a new unlock.",
    tone: "look",
  },
  changed: {
    word: "Changed",
    sentence: "Nothing was deleted. The lock is no longer the one that was shown.",
    tone: "look",
  },
  already_gone: { word: "Already gone", sentence: "Nothing was deleted. The lock was gone before.", tone: "done" },
  refused: { word: "Refused", sentence: "Nothing was deleted. The unlock was refused.", tone: "broken" },
  not_executed: { word: "Not executed", sentence: "Nothing was deleted. No delete took effect.", tone: "look" },
  gone_unattributed: {
    word: "Gone, not known how",
    sentence: "The lock is gone. It is not known whether this unlock or its holder removed it.",
    tone: "look",
  },
  unknown: {
    word: "Unknown",
    sentence: "It is not known yet whether the lock was removed. It is being found out by reading only.",
    tone: "open",
  },
};

const RESTORE_WORDS: Readonly<Record<RestoreOutcome, OutcomeWords>> = {
  restored: { word: "Put back", sentence: "The lock is there again, with the same bytes.", tone: "done" },
  partial: {
    word: "Partly put back",
    sentence: "One half is there again, the other is not.",
    tone: "look",
  },
  changed: {
    word: "Changed",
    sentence: "Nothing was written. There is a lock in its place already.",
    tone: "look",
  },
  refused: { word: "Refused", sentence: "Nothing was written. The restore was refused.", tone: "broken" },
  not_executed: { word: "Not executed", sentence: "Nothing was written. No put took effect.", tone: "look" },
  unknown: {
    word: "Unknown",
    sentence: "It is not known yet whether the lock is there again. It is being found out by reading only.",
    tone: "open",
  },
};

export function describeOutcome(outcome: UnlockOutcome): OutcomeWords {
  return WORDS[outcome];
}

export function describeRestoreOutcome(outcome: RestoreOutcome): OutcomeWords {
  return RESTORE_WORDS[outcome];
}

/** An outcome that comes as text; one we do not know is shown as it is. */
export function describeOutcomeText(outcome: string, of: OutcomeOf = "unlock"): OutcomeWords {
  const unlock = UNLOCK_OUTCOMES.find((candidate) => candidate === outcome);
  const restore = RESTORE_OUTCOMES.find((candidate) => candidate === outcome);
  if (of === "restore" && restore !== undefined) return RESTORE_WORDS[restore];
  return unlock === undefined ? { word: outcome, sentence: "", tone: "open" } : WORDS[unlock];
}
