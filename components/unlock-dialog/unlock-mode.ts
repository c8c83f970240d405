import type { UnlockTermsView } from "#lib/domain/approval-view.ts";
import { makeVisible } from "#lib/domain/display-text.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { type Confirmation, chooseConfirmation, nameAction } from "./confirmation.ts";

/** What the form sends: the unlock, a request that somebody approve it, or an unlock past both. */
export type UnlockMode = "unlock" | "ask" | "break_glass";

/** What the rules leave to a person who does not break the glass. */
export function modeOf(terms: UnlockTermsView | null): Exclude<UnlockMode, "break_glass"> {
  return terms?.verdict === "needs_approval" ? "ask" : "unlock";
}

/** The name of the button: what it does to which state. */
export function nameMode(mode: UnlockMode, stateKey: string): string {
  const name = makeVisible(stateKey, { maxLength: 200 });
  switch (mode) {
    case "unlock":
      return nameAction(stateKey);
    case "ask":
      return `Ask for approval to unlock ${name}`;
    case "break_glass":
      return `Break the glass and unlock ${name}`;
  }
}

/** What is typed to confirm: nothing to ask somebody, and words of its own to break the glass. */
export function confirmationOf(mode: UnlockMode, lock: Pick<Lock, "lockId" | "stateKey">): Confirmation | null {
  switch (mode) {
    case "unlock":
      return chooseConfirmation(lock);
    case "ask":
      return null;
    case "break_glass":
      return { text: "break the glass", of: "broken glass" };
  }
}
