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

/** A state is a key that ends with `.tfstate`, or one beside which a lock was seen. It belongs where its lock has its place. */
export type SegmentMemory = {
  readonly keys: number;
  readonly states: number;
  /** The keys of all those states, in order, where they are few enough to be asked for one by one; else empty. */
  readonly stateKeys: readonly string[];
};

export const NO_MEMORY: SourceMemory = { boundaries: [], segments: null };

/**
 * A segment with more states than this is listed: one listing costs as much as 12.5 questions for single locks, and is
 * preferred when it costs up to a quarter more, because it also finds locks of states that nobody knew.
 */
export const STATE_KEYS_MAX = 10;
