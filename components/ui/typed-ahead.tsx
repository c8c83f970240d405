"use client";

import { useLayoutEffect } from "react";

let typed = "";
let standIns = 0;

/** What was typed while a dialog was on its way; it is given once. */
export function takeTypedAhead(): string {
  const text = typed;
  typed = "";
  return text;
}

/** Gives a field the focus with the caret behind what is in it, so that typing goes on. */
export function focusAtEnd(field: HTMLElement): void {
  field.focus();
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    field.setSelectionRange(field.value.length, field.value.length);
  }
}

/**
 * Stands for a dialog whose code is still on its way: the keys pressed meanwhile are meant for it, so none of them is lost and
 * none means a shortcut of the page.
 */
export function DialogOnItsWay() {
  useLayoutEffect(() => {
    standIns += 1;
    window.addEventListener("keydown", keepKey, { capture: true });
    return () => {
      standIns -= 1;
      if (standIns === 0) window.removeEventListener("keydown", keepKey, { capture: true });
      // By then the dialog has taken it, or another stand-in goes on; if neither came, no later dialog must get it.
      setTimeout(() => {
        if (standIns === 0) typed = "";
      });
    };
  }, []);
  return <span data-modal hidden />;
}

/** Text is kept; Enter is not, for nothing may be chosen or sent unseen. All other keys stay the browser's. */
function keepKey(event: KeyboardEvent): void {
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isText && event.key !== "Backspace" && event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
  if (isText) typed += event.key;
  else if (event.key === "Backspace") typed = typed.slice(0, -1);
}
