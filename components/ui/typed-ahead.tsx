"use client";

import { useLayoutEffect } from "react";

/** From the dialog's first paint to its field's focus React lets other work pass; what is typed then is meant for it too. */
const FOCUS_MS_MAX = 500;

let typed = "";
let standIns = 0;
let isListening = false;

/**
 * Gives a field the focus with the caret behind what is in it, so that typing goes on, and puts in what was typed while its dialog
 * was on its way.
 */
export function focusAtEnd(field: HTMLElement): void {
  field.focus();
  const text = stopListening();
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  const end = field.value.length;
  field.setSelectionRange(end, end);
  if (text === "") return;
  field.setRangeText(text, end, end, "end");
  // React hears of a value by the event that typing makes.
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Stands for a dialog whose code is still on its way: the keys pressed meanwhile are meant for it, so none of them is lost and
 * none means a shortcut of the page.
 */
export function DialogOnItsWay() {
  useLayoutEffect(() => {
    standIns += 1;
    if (!isListening) window.addEventListener("keydown", keepKey, { capture: true });
    isListening = true;
    return () => {
      standIns -= 1;
      // By then a field has the focus, or another stand-in goes on; if neither came, no later dialog must get it.
      setTimeout(() => {
        if (standIns === 0) stopListening();
      }, FOCUS_MS_MAX);
    };
  }, []);
  return <span data-modal hidden />;
}

/** What was typed; it is given once. */
function stopListening(): string {
  window.removeEventListener("keydown", keepKey, { capture: true });
  isListening = false;
  const text = typed;
  typed = "";
  return text;
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
