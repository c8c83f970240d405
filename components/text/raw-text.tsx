import { Fragment } from "react";
import { segmentText } from "#lib/domain/display-text.ts";
import { HiddenChip } from "./untrusted-text.tsx";

const SHOWN_LENGTH_MAX = 8192;

type Props = {
  readonly text: string;
  readonly label: string;
  /** Where what is too long to show can be had. */
  readonly rest?: string;
  /** The line breaks are ours, not the text's. */
  readonly isFormatted?: boolean;
};

/** Stored text in full: each line on its own, what a reader would not see as a chip. */
export function RawText({ text, label, rest = "The exact bytes have the rest.", isFormatted = false }: Props) {
  if (text === "") return <p className="text-muted text-sm">Empty: 0 bytes.</p>;
  const shown = text.slice(0, SHOWN_LENGTH_MAX);
  const lines = shown.split(/(?<=\n)/);
  return (
    <figure aria-label={label}>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="max-h-80 overflow-auto rounded-md bg-hover px-3 py-2 font-mono text-xs leading-5 whitespace-pre-wrap break-all"
      >
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place.
          <Fragment key={index}>
            <RawLine line={line} isFormatted={isFormatted} />
          </Fragment>
        ))}
      </pre>
      {text.length > SHOWN_LENGTH_MAX && (
        <figcaption className="text-muted text-xs">
          The first {SHOWN_LENGTH_MAX} characters of {text.length}. {rest}
        </figcaption>
      )}
    </figure>
  );
}

function RawLine({ line, isFormatted }: { line: string; isFormatted: boolean }) {
  const shown = isFormatted ? line.replace(/\n$/, "") : line;
  return (
    <>
      <bdi>
        {segmentText(shown).map((segment, index) =>
          segment.isHidden ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: segments have no identity but their place.
            <HiddenChip key={index} symbol={segment.text} />
          ) : (
            segment.text
          ),
        )}
      </bdi>
      {line.endsWith("\n") && "\n"}
    </>
  );
}
