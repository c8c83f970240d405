import clsx from "clsx";
import { Bot, CircleUser, Laptop, Server } from "lucide-react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import { describeHolderGuess, type HolderMark as Mark, markHolder } from "./lock-words.ts";

const ICONS = { person: Laptop, runner: Bot, host: Server, unknown: CircleUser } as const satisfies Record<
  Mark,
  unknown
>;

type Props = { readonly lock: Pick<Lock, "holder" | "who">; readonly className?: string; readonly isWhole?: boolean };

/** Who the lock says holds it, with the mark of the kind we guess. */
export function HolderMark({ lock, className, isWhole = false }: Props) {
  const { holder, who } = lock;
  if (holder === null) return <span className={clsx("text-muted", className)}>nobody named</span>;
  const Icon = ICONS[markHolder(holder.kind)];
  const guess = describeHolderGuess(holder.kind);
  return (
    <span className={clsx("inline-flex min-w-0 items-center gap-1.5", className)} title={guess}>
      <Icon size={14} role="img" aria-label={guess} className="shrink-0 text-muted" />
      <UntrustedText text={who ?? `${holder.user}@${holder.host}`} className={isWhole ? "break-all" : "truncate"} />
    </span>
  );
}
