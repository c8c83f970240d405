/**
 * What the last complete sweep of a bucket leaves for the next look: where its keys can be cut into pages, and where among
 * them states and locks were. Empty when nothing is known.
 */
export type SourceMemory = {
  /** Cuts in the order of UTF-8 bytes: segment i lies behind boundary i-1, up to and with boundary i; the last one is open. */
  readonly boundaries: readonly string[];
  /** One for each segment (one more than there are boundaries); null when that is not known. */
  readonly segments: readonly SegmentMemory[] | null;
};

export type SegmentMemory = {
  readonly keys: number;
  /** States and locks seen in it. */
  readonly states: number;
  /** The keys of those states, in order, where they are so few that asking for each is cheaper than a listing; else empty. */
  readonly stateKeys: readonly string[];
};

export const NO_MEMORY: SourceMemory = { boundaries: [], segments: null };
