"use client";

import { useState } from "react";

/** For dialogs without a trigger of their own: gives the focus back to what had it when the dialog was made. */
export function useReturnFocus(): (event: Event) => void {
  const [before] = useState(() => (typeof document === "undefined" ? null : document.activeElement));
  return (event) => {
    event.preventDefault();
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
  };
}
