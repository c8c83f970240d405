import clsx from "clsx";
import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

type Tone = "neutral" | "look" | "broken";

const TONES: Readonly<Record<Tone, string>> = {
  neutral: "border-line-strong bg-hover",
  look: "border-look bg-look-soft",
  broken: "border-broken bg-broken-soft",
};

/** A statement set apart by a line at its side, never by colour alone: the icon and the words carry it too. */
export function Notice({ tone, children, className }: { tone: Tone; children: ReactNode; className?: string }) {
  const Icon = tone === "neutral" ? Info : TriangleAlert;
  return (
    <div className={clsx("flex gap-2.5 border-l-2 px-3 py-2 text-sm", TONES[tone], className)}>
      <Icon size={16} aria-hidden="true" className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 break-words">{children}</div>
    </div>
  );
}
