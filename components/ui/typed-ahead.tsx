"use client";

import { useLayoutEffect } from "react";

let typed = "";
let standIns = 0;

/** Gives a field the focus, and what was typed while its dialog was on its way, with the caret behind it: typing goes on. */
export function focusAtEnd(field: HTMLElement): void {
  field.focus();
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    const { length } = field.value;
    field.setRangeText(typed, length, length, "end");
    // As a key would tell it: state that came later than the next key would lose one of the two.
    if (typed !== "") field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  forgetTyped();
}

/** For a dialog in which nothing is typed. */
export function forgetTyped(): void {
  typed = "";
  window.removeEventListener("keydown", keepKey, { capture: true });
}

/**
 * Stands for a dialog whose code is still on its way: the keys pressed until a field of the dialog has the focus are meant for
 * it, so none of them is lost and none means a shortcut of the page.
 */
export function DialogOnItsWay() {
  useLayoutEffect(() => {
    standIns += 1;
    window.addEventListener("keydown", keepKey, { capture: true });
    return () => {
      standIns -= 1;
      // By then the dialog is there or another stand-in goes on; if neither came, no later dialog must get the text.
      setTimeout(() => {
        if (!isAwaited()) forgetTyped();
      });
    };
  }, []);
  return <span data-modal hidden />;
}

function isAwaited(): boolean {
  return standIns > 0 || document.querySelector("[data-modal]") !== null;
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
