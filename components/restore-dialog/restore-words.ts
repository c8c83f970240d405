import { makeVisible } from "#lib/domain/display-text.ts";

/** The name of the button: what it does to which state. */
export function nameRestore(stateKey: string): string {
  return `Put back the lock of ${makeVisible(stateKey, { maxLength: 200 })}`;
}
