import clsx from "clsx";
import { TriangleAlert } from "lucide-react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { TimeLeft, useHasCome } from "#components/time/time-left.tsx";
import { Button } from "#components/ui/button.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import type { TokenView } from "#lib/domain/access/token-view.ts";
import { ScopeWords } from "./scope-words.tsx";

const SOON_MS = 7 * 24 * 60 * 60_000;

const COLUMNS = "md:grid-cols-[minmax(0,1.2fr)_minmax(0,1.6fr)_minmax(0,1.2fr)_80px]";
const COLUMNS_WITH_OWNER = "md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1.5fr)_minmax(0,1.2fr)_80px]";

type Props = { readonly token: TokenView; readonly hasOwner: boolean; readonly onRevoke: () => void };

/** A token: what it is for, whose, what it may do, until when, and whether anything uses it. */
export function TokenRow({ token, hasOwner, onRevoke }: Props) {
  const isReady = useIsReady();
  return (
    <li
      className={clsx(
        "grid grid-cols-[minmax(0,1fr)_max-content] items-center gap-x-4 gap-y-0.5 border-line border-b px-2 py-2 text-sm",
        hasOwner ? COLUMNS_WITH_OWNER : COLUMNS,
      )}
    >
      <TokenName token={token} />
      {hasOwner && <TokenOwner token={token} />}
      <span className="order-3 col-span-2 min-w-0 md:order-none md:col-span-1">
        {token.roles.join(", ")},{" "}
        <ScopeWords scope={token} all={token.isOwn ? "wherever you may" : "wherever they may"} />
      </span>
      <TokenTimes token={token} />
      <Button
        look="quiet"
        onClick={onRevoke}
        disabled={!isReady}
        aria-label={hasOwner ? `Revoke ${token.name} of ${token.owner}` : `Revoke ${token.name}`}
        className="justify-self-end"
      >
        Revoke
      </Button>
    </li>
  );
}

function TokenName({ token }: { token: TokenView }) {
  return (
    <span className="flex min-w-0 flex-col">
      <UntrustedText text={token.name} className="truncate font-medium" />
      <span className="truncate font-mono text-muted text-xs" title="The part that is no secret">
        lkt_{token.id}
      </span>
    </span>
  );
}

function TokenOwner({ token }: { token: TokenView }) {
  return (
    <span className="order-1 col-span-2 min-w-0 break-words md:order-none md:col-span-1">
      <UntrustedText text={token.owner} />
      {token.isOwn && <span className="text-muted"> (you)</span>}
    </span>
  );
}

function TokenTimes({ token }: { token: TokenView }) {
  return (
    <span className="order-2 col-span-2 flex min-w-0 flex-wrap gap-x-3 text-muted md:order-none md:col-span-1 md:flex-col">
      <TokenEnd token={token} />
      <span>
        made <RelativeTime iso={token.madeAt} />,{" "}
        {token.lastUsedAt === null ? (
          "never used"
        ) : (
          <>
            used <RelativeTime iso={token.lastUsedAt} />
          </>
        )}
      </span>
    </span>
  );
}

function TokenEnd({ token }: { token: TokenView }) {
  const isOver = useHasCome(token.expiresAt);
  const endsSoon = useHasCome(new Date(Date.parse(token.expiresAt) - SOON_MS).toISOString());
  if (isOver) {
    return (
      <span>
        expired <RelativeTime iso={token.expiresAt} />
      </span>
    );
  }
  return (
    <span className={endsSoon ? "text-look" : undefined}>
      {endsSoon && <TriangleAlert size={14} aria-hidden="true" className="mr-1 inline align-[-2px]" />}
      expires in <TimeLeft iso={token.expiresAt} />
    </span>
  );
}
