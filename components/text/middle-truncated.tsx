import clsx from "clsx";
import { splitMiddle } from "./split-middle.ts";
import { UntrustedText } from "./untrusted-text.tsx";

/** One line of a path that gives up its middle when there is no room, so that its end stays visible. */
export function MiddleTruncated({ text, className }: { text: string; className?: string }) {
  const { head, tail } = splitMiddle(text);
  return (
    <span className={clsx("flex min-w-0 whitespace-pre", className)}>
      {head !== "" && <UntrustedText text={head} className="min-w-[2ch] shrink truncate" />}
      <UntrustedText text={tail} className={clsx("truncate", head === "" ? "min-w-0" : "shrink-0 max-w-full")} />
    </span>
  );
}
