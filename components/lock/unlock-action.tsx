"use client";

import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useEffect, useRef, useState } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { Button } from "#components/ui/button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { nameAction } from "#components/unlock-dialog/confirmation.ts";
import type { Lock } from "#lib/domain/lock.ts";

const UnlockDialog = dynamic(
  () => import("#components/unlock-dialog/unlock-dialog.tsx").then((part) => part.UnlockDialog),
  {
    ssr: false,
  },
);

type Props = { readonly lock: Lock; readonly recentReasons: readonly string[] };

/** The action, last in reading order and always at the key `u`. Whether the dialog is open is in the URL. */
export function UnlockAction({ lock, recentReasons }: Props) {
  const [isWanted, setIsWanted] = useQueryState("unlock", parseAsBoolean.withDefault(false));
  const [wasClosed, setWasClosed] = useState(false);
  const buttonRef = useRef<HTMLButtonElement>(null);
  const router = useRouter();
  const open = () => void setIsWanted(true);
  useShortcut(lock.canUnlock ? "u" : null, open);
  const close = (hasRecord: boolean) => {
    void setIsWanted(null);
    setWasClosed(true);
    if (hasRecord) router.refresh();
  };

  useEffect(() => {
    if (isWanted || !wasClosed) return;
    setWasClosed(false);
    if (document.activeElement === document.body) buttonRef.current?.focus();
  }, [isWanted, wasClosed]);
  useEffect(() => focusPageIfNothing, []);

  return (
    <div className="flex flex-col items-start gap-3">
      {!lock.canUnlock && (
        <Notice tone="look">
          <UntrustedText text={lock.unlockBlockedBy ?? "This lock is not offered for unlocking."} />
        </Notice>
      )}
      <Button
        ref={buttonRef}
        look="danger"
        onClick={open}
        disabled={!lock.canUnlock}
        aria-keyshortcuts="u"
        className="max-w-full"
      >
        <span className="break-all py-1 text-left">{nameAction(lock.stateKey)}</span>
      </Button>
      <p className="text-muted text-xs">
        Asks for a reason and the start of the lock ID first. <KeyHint keys="u" />
      </p>
      {isWanted && lock.canUnlock && <UnlockDialog lock={lock} recentReasons={recentReasons} onClose={close} />}
    </div>
  );
}

/** The button goes with the lock; then the page itself takes the focus. */
function focusPageIfNothing(): void {
  if (document.activeElement === document.body) document.getElementById("main")?.focus();
}
