"use client";

import dynamic from "next/dynamic";
import { useEffect } from "react";
import { useDialogInUrl } from "#components/recorded-action/use-dialog-in-url.ts";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { Button } from "#components/ui/button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { DialogOnItsWay } from "#components/ui/typed-ahead.tsx";
import { whenIdle } from "#components/ui/when-idle.ts";
import { nameAction } from "#components/unlock-dialog/confirmation.ts";
import type { UnlockTermsView } from "#lib/domain/approval-view.ts";
import type { Lock } from "#lib/domain/lock.ts";

const loadDialog = () => import("#components/unlock-dialog/unlock-dialog.tsx").then((part) => part.UnlockDialog);
const UnlockDialog = dynamic(loadDialog, { ssr: false, loading: DialogOnItsWay });

type Props = {
  readonly lock: Lock;
  readonly mayUnlock: boolean;
  readonly terms: UnlockTermsView | null;
  readonly recentReasons: readonly string[];
};

const HINTS: Readonly<Record<UnlockTermsView["verdict"], string>> = {
  allowed: "Asks for a reason and the start of the lock ID first.",
  needs_approval: "Takes a second person here: asks for a reason first, and then waits for them.",
  refused: "The rules that apply here would refuse it now: they are shown first.",
};

/** The action, last in reading order and always at the key `u`. Whether the dialog is open is in the URL. */
export function UnlockAction({ lock, mayUnlock, terms, recentReasons }: Props) {
  const isOffered = lock.canUnlock && mayUnlock;
  const { isOpen, open, close, buttonRef } = useDialogInUrl("unlock");
  useShortcut(isOffered ? "u" : null, open);
  // While the lock is being read about, so that the key opens the dialog at once.
  useEffect(() => whenIdle(() => void loadDialog().catch(() => undefined)), []);

  return (
    <div className="flex flex-col items-start gap-3">
      {!lock.canUnlock && (
        <Notice tone="look">
          <UntrustedText text={lock.unlockBlockedBy ?? "This lock is not offered for unlocking."} />
        </Notice>
      )}
      {!mayUnlock && <Notice tone="look">Your access does not include force-unlocking this lock.</Notice>}
      <Button
        ref={buttonRef}
        look="danger"
        onClick={open}
        disabled={!isOffered}
        aria-keyshortcuts="u"
        className="max-w-full"
      >
        <span className="break-all py-1 text-left">{nameAction(lock.stateKey)}</span>
      </Button>
      <p className="text-muted text-xs">
        {HINTS[terms?.verdict ?? "allowed"]} <KeyHint keys="u" />
      </p>
      {isOpen && isOffered && <UnlockDialog lock={lock} terms={terms} recentReasons={recentReasons} onClose={close} />}
    </div>
  );
}
