export type TextSegment = {
  /** Safe to show as it is: what was hidden has become a symbol. */
  readonly text: string;
  readonly isHidden: boolean;
};

export type TextFlags = {
  /** It contains characters that a reader would not see, or that rearrange the others. */
  readonly hasHidden: boolean;
  /** One word mixes alphabets, or uses fullwidth look-alikes. */
  readonly isMixedScript: boolean;
  readonly isTooLong: boolean;
};

export const DISPLAY_LENGTH_MAX = 1024;

/** No living script stacks more marks on one letter. */
const MARKS_MAX = 4;

/** Controls, formats, surrogates, private use, non-characters, separators, ignorables and blanks. */
const HIDDEN = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{NChar}\p{DI}\u00A0\u1680\u2000-\u200A\u202F\u205F\u2800\u3000]`;
const MARKS = String.raw`[\p{M}--${HIDDEN}]{${MARKS_MAX + 1},}`;
const HAS_HIDDEN = new RegExp(`${HIDDEN}|${MARKS}`, "v");
const HIDDEN_RUN = new RegExp(`(?<marks>${MARKS})|${HIDDEN}+`, "gv");
const ONLY_ASCII = /^[\x20-\x7e]*$/;

/** Splits text for chips: hidden characters become symbols, everything else stays. Joined, it is `makeVisible`. */
export function segmentText(text: string): readonly TextSegment[] {
  if (ONLY_ASCII.test(text)) return text === "" ? [] : [{ text, isHidden: false }];
  const segments: TextSegment[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN_RUN)) {
    const marks = match.groups?.["marks"];
    const kept = marks === undefined ? "" : [...marks].slice(0, MARKS_MAX).join("");
    const before = text.slice(end, match.index) + kept;
    if (before !== "") segments.push({ text: before, isHidden: false });
    segments.push({ text: marks === undefined ? revealRun(match[0]) : revealMarks(marks), isHidden: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) segments.push({ text: text.slice(end), isHidden: false });
  return segments;
}

function revealMarks(marks: string): string {
  return `⟦+${[...marks].length - MARKS_MAX} marks⟧`;
}

function revealRun(run: string): string {
  return [...run].map(revealCharacter).join("");
}

function revealCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `⟦U+${code.toString(16).toUpperCase().padStart(4, "0")}⟧`;
}

/** Text that shows what it contains, at most `maxLength` characters. Doing it twice changes nothing. */
export function makeVisible(text: string, options: { readonly maxLength?: number } = {}): string {
  const maxLength = options.maxLength ?? Number.POSITIVE_INFINITY;
  if (ONLY_ASCII.test(text)) return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
  const shown = segmentText(text)
    .map((segment) => segment.text)
    .join("");
  if (shown.length <= maxLength) return shown;
  const characters = [...shown];
  return characters.length <= maxLength ? shown : `${characters.slice(0, maxLength - 1).join("")}…`;
}

/** For logs and sentences: one line, nothing hidden, never longer than the display cap. */
export function formatOneLine(text: string, options: { readonly maxLength?: number } = {}): string {
  return makeVisible(text, { maxLength: options.maxLength ?? DISPLAY_LENGTH_MAX });
}

/** Says what a reader should be warned of. */
export function inspectText(text: string): TextFlags {
  const isTooLong = text.length > DISPLAY_LENGTH_MAX && [...text].length > DISPLAY_LENGTH_MAX;
  if (ONLY_ASCII.test(text)) return { hasHidden: false, isMixedScript: false, isTooLong };
  return { hasHidden: HAS_HIDDEN.test(text), isMixedScript: hasMixedScript(text), isTooLong };
}

/** Alphabets whose letters pass for each other's. */
const LOOK_ALIKE_SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
];
/** Fullwidth forms, and the letters that mathematicians use as symbols. */
const STYLED_ASCII = /[\uFF01-\uFF5E\u{1D400}-\u{1D7FF}]/u;

function hasMixedScript(text: string): boolean {
  if (STYLED_ASCII.test(text)) return true;
  return text
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .some((word) => LOOK_ALIKE_SCRIPTS.filter((script) => script.test(word)).length > 1);
}
