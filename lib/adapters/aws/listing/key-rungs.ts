import { commonLength, isBetween } from "./key-line.ts";

/**
 * Guesses places beyond `low` where other keys may begin, when nothing bounds the range: the next number, the next
 * directory, the next letter of a name. Nearest first. `first` and `low` are the ends of one page, and what they have in
 * common is what the next keys may leave.
 */
export function guessRungs(range: { first: string; low: string; high: string | null; prefix: string }): string[] {
  const { first, low, high, prefix } = range;
  const rungs: string[] = [];
  const varying = Math.min(commonLength(first, low), low.length - 1);
  for (let at = varying; at >= prefix.length; at -= 1) {
    const raised = raise(low, at, at === varying);
    if (raised === null) continue;
    const cut = low.slice(0, at) + raised;
    if (isBetween(cut, low, high)) rungs.push(cut);
  }
  return rungs;
}

/** The next character where one is likely; null where raising would only leave a word in its middle. */
function raise(key: string, at: number, isVarying: boolean): string | null {
  const character = key.charAt(at);
  if (/\d/.test(character)) return character === "9" ? null : next(character);
  if (character === "/") return "0";
  const isLikely = isVarying || isNameStart(key, at) || isNumberLike(key, at);
  if (/[a-yA-Y]/.test(character)) return isLikely ? next(character) : null;
  return isLikely && character > "~" && !/[\uD800-\uDFFF\uD7FF\uFFFD]/.test(character) ? next(character) : null;
}

function next(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 1);
}

function isNameStart(key: string, at: number): boolean {
  return at === 0 || /[ -/:-@[-`{-~]/.test(key.charAt(at - 1));
}

/** True inside a run of letters and digits mixed, such as a hash. */
function isNumberLike(key: string, at: number): boolean {
  const run = /[a-zA-Z\d]*$/.exec(key.slice(0, at))?.[0] ?? "";
  const rest = /^[a-zA-Z\d]*/.exec(key.slice(at))?.[0] ?? "";
  return /\d/.test(run + rest);
}
