"use client";

import dynamic from "next/dynamic";
import { useDialogInUrl } from "#components/recorded-action/use-dialog-in-url.ts";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { Button } from "#components/ui/button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { nameRestore } from "./restore-words.ts";

const RestoreDialog = dynamic(() => import("./restore-dialog.tsx").then((part) => part.RestoreDialog), { ssr: false });

/** The button, also at the key `p`, and its dialog. Whether that is open is in the URL. */
export function RestoreAction({ unlock }: { unlock: UnlockDetail }) {
  const { isOpen, open, close, buttonRef } = useDialogInUrl("restore");
  useShortcut("p", open);
  return (
    <div className="flex flex-col items-start gap-2">
      <Button ref={buttonRef} onClick={open} aria-keyshortcuts="p" className="max-w-full">
        <span className="break-all py-1 text-left">{nameRestore(unlock.stateKey)}</span>
      </Button>
      <p className="text-muted text-xs">
        Asks for a reason first. <KeyHint keys="p" />
      </p>
      {isOpen && <RestoreDialog unlock={unlock} onClose={close} />}
    </div>
  );
}
