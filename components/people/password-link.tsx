"use client";

import { CopyableCode } from "#components/text/copyable-code.tsx";
import { Notice } from "#components/ui/notice.tsx";

type Props = { readonly secret: string; readonly email: string };

/** A link that is shown this once, since only its hash is kept. */
export function PasswordLink({ secret, email }: Props) {
  return (
    <Notice tone="neutral">
      <p role="status">
        Give this link to <strong className="break-all">{email}</strong>. It sets a password, works once and for 24
        hours, and is not shown again.
      </p>
      <CopyableCode
        code={`${location.origin}/sign-in/password#${secret}`}
        label={`Link for ${email}`}
        copyLabel="Copy link"
      />
    </Notice>
  );
}
