"use client";

import { useLayoutEffect } from "react";

let typed = "";

/** What was typed while a dialog was on its way; it is given once. */
export function takeTypedAhead(): string {
  const text = typed;
  typed = "";
  return text;
}

/**
 * Stands for a dialog whose code is still on its way: the keys pressed meanwhile are meant for it, so none of them is lost and
 * none means a shortcut of the page.
 */
export function DialogOnItsWay() {
  useLayoutEffect(() => {
    window.addEventListener("keydown", keepKey, { capture: true });
    return () => {
      window.removeEventListener("keydown", keepKey, { capture: true });
      // By now the dialog has taken it; if it never came, the next one must not get it.
      typed = "";
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
