import type { RestoreHalfOutcome, RestoreOutcome } from "./restore.ts";

/** Whether an unlock can be undone now; `waiting` may become `possible`, `impossible` never does. */
export type RestoreOffer = {
  readonly state: "possible" | "waiting" | "impossible";
  /** What is waited for, or what stands against it; null when it is possible. */
  readonly reason: string | null;
  /** Null while it is not known. */
  readonly fromAt: string | null;
  readonly untilAt: string | null;
};

export type RestoreHalfView = {
  readonly mechanism: string;
  readonly outcome: RestoreHalfOutcome;
  readonly detail: string;
  readonly location: string;
  readonly sourceId: string;
  readonly awsRequestIds: readonly string[];
};

/** The record of one attempt to undo an unlock, as the API answers it. */
export type RestoreView = {
  readonly id: string;
  readonly unlockId: string;
  readonly outcome: RestoreOutcome;
  readonly actor: string;
  readonly reason: string;
  readonly requestedAt: string;
  readonly intentAt: string | null;
  readonly deadlineAt: string | null;
  readonly outcomeAt: string | null;
  readonly halves: readonly RestoreHalfView[];
};
