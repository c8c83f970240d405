"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { buttonClass } from "./button.tsx";

const SHOWN_MS = 2000;

type Props = { readonly text: string; readonly label: string; readonly className?: string };

/** Copies exact text and says so in its own place. Where the browser refuses, it says that instead. */
export function CopyButton({ text, label, className }: Props) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");

  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => setState((await writeClipboard(text)) ? "copied" : "failed");
  const Icon = state === "copied" ? Check : Copy;
  return (
    <button type="button" onClick={() => void copy()} className={buttonClass("quiet", className)}>
      <Icon size={14} aria-hidden="true" />
      <span aria-live="polite">
        {state === "idle" ? label : state === "copied" ? "Copied" : "Not copied: select the text instead"}
      </span>
    </button>
  );
}

/** False where there is no clipboard (plain http to another host) or the browser refuses. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
