import type { OpenKey } from "./lock-pairing.ts";
import type { MarkStates } from "./range-states.ts";

/** The keys after `low` up to and including `high` that one chain of requests still has to list. */
export type Range = {
  /** Where it began; keys up to and including this one belong to the ranges on its left. */
  readonly start: string;
  /** The last key listed, or `start`. Only moves up. */
  low: string;
  /** Null at the end of the key space. Only moves down, when a new range takes over what lies behind. */
  high: string | null;
  /** Set after a page that ended in no usable key: then only this says where the listing goes on. */
  token: string | null;
  /** Tokens used since the last key: one that comes again would never end. */
  tokensSeen: Set<string>;
  /** Requests in a row that brought no page. */
  failures: number;
  state: "waiting" | "listing" | "done";
  pages: number;
  /** First and middle key of its last page that had keys. */
  first: string | null;
  middle: string | null;
  /** True until its first page shows whether the guess that made it was worth a request. */
  isGuess: boolean;
  /** Guesses in it that found nothing, since one that did. */
  misses: number;
  /** Pages that are thought to be left in it. */
  pagesLeft: number;
  /** Keys that all later ones begin with: those its neighbours on the right may be the locks of. */
  open: readonly OpenKey[];
  readonly marks: string[];
  keysSinceMark: number;
  /** By the number of the mark that follows them, for each mark with states. */
  readonly states: Map<number, MarkStates>;
  /** States of locks at its beginning, which a range on its left may have seen too. */
  readonly edgeStates: string[];
  left: Range | null;
  right: Range | null;
};

/** A range that no request was made for. */
export function newRange(start: string, high: string | null, isGuess: boolean, pagesLeft: number): Range {
  return {
    start,
    low: start,
    high,
    token: null,
    tokensSeen: new Set(),
    failures: 0,
    state: "waiting",
    pages: 0,
    first: null,
    middle: null,
    isGuess,
    misses: 0,
    pagesLeft,
    open: [],
    marks: [],
    keysSinceMark: 0,
    states: new Map(),
    edgeStates: [],
    left: null,
    right: null,
  };
}
