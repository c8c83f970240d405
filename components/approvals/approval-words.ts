import type { ApprovalState } from "#lib/domain/approval.ts";

export type ApprovalWords = {
  readonly word: string;
  /** What it means for the unlock, in one sentence. */
  readonly sentence: string;
  readonly tone: "done" | "look" | "broken" | "open";
};

const WORDS: Readonly<Record<ApprovalState, ApprovalWords>> = {
  pending: { word: "Waiting", sentence: "It waits for a second person to approve it.", tone: "open" },
  approved: { word: "Approved", sentence: "Whoever asked may carry it out, once.", tone: "done" },
  denied: { word: "Denied", sentence: "Nothing was deleted.", tone: "broken" },
  withdrawn: { word: "Withdrawn", sentence: "Whoever asked took it back.", tone: "look" },
  expired: { word: "Expired", sentence: "Nobody carried it out in time.", tone: "look" },
  void: { word: "Void", sentence: "It does not count any more.", tone: "look" },
  used: { word: "Used", sentence: "The unlock was carried out with it.", tone: "done" },
};

/** What a state of a request is called, and what it means. */
export function describeApprovalState(state: ApprovalState): ApprovalWords {
  return WORDS[state];
}
