import { UNLOCK_OUTCOMES, type UnlockOutcome } from "#lib/domain/unlock.ts";

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

export function describeOutcome(outcome: UnlockOutcome): OutcomeWords {
  return WORDS[outcome];
}

/** An outcome of a half, which comes as text; one we do not know is shown as it is. */
export function describeOutcomeText(outcome: string): OutcomeWords {
  const known = UNLOCK_OUTCOMES.find((candidate) => candidate === outcome);
  return known === undefined ? { word: outcome, sentence: "", tone: "open" } : WORDS[known];
}
