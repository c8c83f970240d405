import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { MadeToken } from "#lib/domain/access/token-view.ts";

type Props = { readonly made: MadeToken; readonly onClose: () => void };

/** The one time that a secret is on a screen. */
export function MadeTokenPanel({ made: { token, secret }, onClose }: Props) {
  return (
    <div className="flex flex-col gap-4 pt-2 text-sm">
      <Notice tone="look">
        It is not shown again: Lockkeeper keeps only a hash of it. Put it where your script keeps its secrets.
      </Notice>
      <div className="flex flex-col items-start gap-1">
        <code className="w-full rounded-md bg-hover px-3 py-2 font-mono text-xs leading-5 break-all">{secret}</code>
        <CopyButton text={secret} label="Copy the token" className="-ml-2" />
      </div>
      <p className="text-muted">
        <UntrustedText text={token.name} className="text-ink" /> expires on <ExactTime iso={token.expiresAt} />. Send it
        as the header <code className="font-mono text-xs">Authorization: Bearer</code>.
      </p>
      <div className="flex justify-end">
        <Button look="main" onClick={onClose}>
          I have it
        </Button>
      </div>
    </div>
  );
}
