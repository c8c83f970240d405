"use client";

import { useRouter } from "next/navigation";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useEffect, useRef, useState } from "react";

/**
 * A dialog that the URL has open. After it the focus is at its button again, or at the page where the button went with what it
 * was about; a dialog that left a record has the page rendered anew.
 */
export function useDialogInUrl(name: string) {
  const [isOpen, setIsOpen] = useQueryState(name, parseAsBoolean.withDefault(false));
  const [wasClosed, setWasClosed] = useState(false);
  const buttonRef = useRef<HTMLButtonElement>(null);
  const router = useRouter();
  const open = () => void setIsOpen(true);
  const close = (hasRecord: boolean) => {
    void setIsOpen(null);
    setWasClosed(true);
    if (hasRecord) router.refresh();
  };

  useEffect(() => {
    if (isOpen || !wasClosed) return;
    setWasClosed(false);
    if (document.activeElement === document.body) buttonRef.current?.focus();
  }, [isOpen, wasClosed]);
  useEffect(() => focusPageIfNothing, []);

  return { isOpen, open, close, buttonRef };
}

function focusPageIfNothing(): void {
  if (document.activeElement === document.body) document.getElementById("main")?.focus();
}
