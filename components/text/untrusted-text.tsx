import { DISPLAY_LENGTH_MAX, inspectText, segmentText } from "#lib/domain/display-text.ts";

type Props = { readonly text: string; readonly className?: string };

/** The only way lock text reaches the screen: a text node that cannot rearrange its surroundings, hidden characters as chips. */
export function UntrustedText({ text, className }: Props) {
  return (
    <bdi className={className}>
      <UntrustedContent text={text} />
    </bdi>
  );
}

/** The same for an element that holds nothing else and isolates it as `bdi` does, by `dir="auto"`. */
export function UntrustedContent({ text }: { text: string }) {
  const isCut = text.length > DISPLAY_LENGTH_MAX;
  const shown = isCut ? text.slice(0, DISPLAY_LENGTH_MAX) : text;
  return (
    <>
      {segmentText(shown).map((segment, index) =>
        segment.isHidden ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: segments have no identity but their place.
          <HiddenChip key={index} symbol={segment.text} />
        ) : (
          segment.text
        ),
      )}
      {isCut && <span className="text-muted"> … cut at {DISPLAY_LENGTH_MAX} characters</span>}
    </>
  );
}

/** Says in words what a reader of this text could miss; nothing for plain text. */
export function TextWarnings({ text }: { text: string }) {
  const flags = inspectText(text);
  return (
    <>
      {flags.hasHidden && <WarningMark text="contains hidden characters" />}
      {flags.isMixedScript && <WarningMark text="mixes alphabets" />}
    </>
  );
}

function WarningMark({ text }: { text: string }) {
  return <span className="ml-2 rounded bg-look-soft px-1.5 font-sans text-look text-xs whitespace-nowrap">{text}</span>;
}

export function HiddenChip({ symbol }: { symbol: string }) {
  return (
    <span title="hidden character" className="mx-px rounded-xs bg-look-soft px-0.5 text-look" data-hidden-character>
      {symbol}
    </span>
  );
}
