import { makeVisible } from "#lib/domain/display-text.ts";
import type { Lock } from "#lib/domain/lock.ts";

export type Confirmation = {
  /** What is to be typed. */
  readonly text: string;
  /** What it is the start of, as the dialog says it. */
  readonly of: "lock ID" | "state key" | "word" | "broken glass";
};

const LENGTH = 8;
/** Visible ASCII: what every keyboard can type, and what looks like nothing else. */
const TYPABLE = /^[\x21-\x7e]+$/;

/** What a person types to confirm: the start of the lock ID, of the state key where there is no ID that can be typed. */
export function chooseConfirmation(lock: Pick<Lock, "lockId" | "stateKey">): Confirmation {
  const ofId = (lock.lockId ?? "").slice(0, LENGTH);
  if (TYPABLE.test(ofId)) return { text: ofId, of: "lock ID" };
  const ofKey = lock.stateKey.slice(0, LENGTH);
  return TYPABLE.test(ofKey) ? { text: ofKey, of: "state key" } : { text: "unlock", of: "word" };
}

export function isConfirmed(confirmation: Confirmation, typed: string): boolean {
  return typed.trim() === confirmation.text;
}

/** The name of the button: what it does to which state. */
export function nameAction(stateKey: string): string {
  return `Force-unlock ${makeVisible(stateKey, { maxLength: 200 })}`;
}
