export type SplitText = { readonly head: string; readonly tail: string };

/** Room for the last directory and a file name, and still no more than a phone has. */
const TAIL_LENGTH_MAX = 28;

/**
 * Splits a path for truncation in the middle: `head` may be cut by the layout, `tail` (its end) stays visible. The cut is at a
 * slash where one is near, and never inside a character.
 */
export function splitMiddle(text: string, tailLengthMax: number = TAIL_LENGTH_MAX): SplitText {
  if (text.length <= tailLengthMax) return { head: "", tail: text };
  const earliest = text.length - tailLengthMax;
  const slash = text.indexOf("/", earliest);
  const isUsefulSlash = slash !== -1 && slash < text.length - 8;
  const cut = isUsefulSlash ? slash : skipIntoCharacter(text, earliest);
  return { head: text.slice(0, cut), tail: text.slice(cut) };
}

function skipIntoCharacter(text: string, index: number): number {
  let cut = index;
  while (cut < text.length && isContinuation(text, cut)) cut += 1;
  return cut;
}

/** True where a cut would part a surrogate pair, or a mark or joiner from what it belongs to. */
function isContinuation(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit >= 0xdc00 && unit <= 0xdfff) return true;
  return /\p{M}|\u200d/u.test(text.charAt(index)) || text.charAt(index - 1) === "\u200d";
}
