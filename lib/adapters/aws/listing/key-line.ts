import { compareUtf8 } from "#lib/domain/utf8-order.ts";

/**
 * A straight line through the key space near two bounds: keys become numbers, so that distances can be compared and a
 * middle can be found. It guesses which characters occur at each place from the keys it is given; a wrong guess makes a cut
 * less even, never wrong.
 */
export type KeyLine = {
  readonly at: (key: string) => number;
  readonly keyAt: (place: number) => string;
};

/** Places after the common beginning that are looked at. */
const PLACES = 8;
/** S3's longest key is 1,024 bytes; a cut need not be long. */
const CUT_LENGTH_MAX = 500;

/** Draws the line through a range from the keys known in it, of which `low` is the lowest and `high` its end. */
export function drawKeyLine(low: string, known: string, high: string): KeyLine {
  const start = commonLength(low, high);
  const prefix = low.slice(0, start);
  const samples = [low, known, high].map((key) => codesOf(key, start));
  const alphabets = Array.from({ length: PLACES }, (_, place) => alphabetOf(samples, place));
  return {
    at(key) {
      const codes = codesOf(key, start);
      let unit = 1;
      let sum = 0;
      for (const [place, alphabet] of alphabets.entries()) {
        unit /= sizeOf(alphabet);
        const code = codes[place];
        // Zero is the end of the key, so that a key stands before those it begins.
        sum += unit * (code === undefined ? 0 : rankIn(alphabet, code));
        if (code === undefined) break;
      }
      return sum;
    },
    keyAt(place) {
      let rest = place;
      let key = prefix;
      for (const alphabet of alphabets) {
        rest *= sizeOf(alphabet);
        const rank = Math.floor(rest);
        rest -= rank;
        if (rank <= 0) break;
        key += String.fromCodePoint(charOf(alphabet, rank));
      }
      return key;
    },
  };
}

/** The middle of the range `(low, high)`, or a key near it; null when none can be named between the two. */
export function middleKey(line: KeyLine, low: string, high: string, fraction = 0.5): string | null {
  const from = line.at(low);
  const cut = line.keyAt(from + (line.at(high) - from) * fraction);
  return isBetween(cut, low, high) ? cut : null;
}

/** True for a key that cuts the range in two and may be sent to S3. */
export function isBetween(cut: string, low: string, high: string | null): boolean {
  if (cut.length > CUT_LENGTH_MAX || !cut.isWellFormed()) return false;
  return compareUtf8(low, cut) < 0 && (high === null || compareUtf8(cut, high) < 0);
}

/** Length of the common beginning, which never ends inside a character. */
export function commonLength(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  const isInside = i > 0 && isHighSurrogate(a.charCodeAt(i - 1));
  return isInside ? i - 1 : i;
}

/** Runs of characters, lowest first: their ranks are consecutive from 1. */
type Alphabet = readonly (readonly [first: number, last: number])[];

const DIGITS: Alphabet = [[0x30, 0x39]];
const HEX: Alphabet = [
  [0x30, 0x39],
  [0x61, 0x66],
];
const LOWER: Alphabet = [
  [0x2d, 0x2f],
  [0x30, 0x39],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const PRINTABLE: Alphabet = [[0x20, 0x7e]];
/** All but control characters and surrogates. */
const ALL: Alphabet = [
  [0x20, 0x7e],
  [0xa0, 0xd7ff],
  [0xe000, 0xfffd],
  [0x10000, 0x10ffff],
];
const KNOWN: readonly Alphabet[] = [DIGITS, HEX, LOWER, PRINTABLE];

/** The smallest alphabet with all the characters at this place. */
function alphabetOf(samples: readonly (readonly number[])[], place: number): Alphabet {
  const codes = samples.flatMap((sample) => sample[place] ?? []);
  const has = (alphabet: Alphabet) =>
    codes.every((code) => alphabet.some(([first, last]) => code >= first && code <= last));
  return KNOWN.find(has) ?? ALL;
}

function sizeOf(alphabet: Alphabet): number {
  let size = 1;
  for (const [first, last] of alphabet) size += last - first + 1;
  return size;
}

/** The rank of a character; one that is missing has the rank of the next lower one. */
function rankIn(alphabet: Alphabet, code: number): number {
  let rank = 0;
  for (const [first, last] of alphabet) {
    if (code < first) return rank;
    if (code <= last) return rank + code - first + 1;
    rank += last - first + 1;
  }
  return rank;
}

function charOf(alphabet: Alphabet, rank: number): number {
  let left = rank - 1;
  for (const [first, last] of alphabet) {
    if (left <= last - first) return first + left;
    left -= last - first + 1;
  }
  return alphabet.at(-1)?.[1] ?? 0x7e;
}

function codesOf(key: string, start: number): number[] {
  return Array.from(key.slice(start, start + 2 * PLACES), (character) => character.codePointAt(0) ?? 0).slice(
    0,
    PLACES,
  );
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
