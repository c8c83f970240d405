import type { KeyRange } from "./key-range.ts";
import type { RefreshPlan } from "./refresh-plan.ts";
import { LOCK_FILE_SUFFIX } from "./s3-lock-key.ts";
import { type SegmentMemory, type SourceMemory, STATE_KEYS_MAX } from "./source-memory.ts";
import { compareUtf8 } from "./utf8-order.ts";

// Requests of S3 Standard in us-east-1 (aws.amazon.com/s3/pricing); elsewhere both differ by the same share.
export const DOLLARS_PER_LIST = 0.005 / 1_000;
export const DOLLARS_PER_GET = 0.0004 / 1_000;

const PAGE_KEYS = 1_000;
/** A range is listed page after page; longer stretches are several ranges, which are listed at once. */
const SEGMENTS_PER_RANGE = 16;
/** A plan that saves less than this is not worth the locks of unknown states that it cannot see. */
const SHARE_OF_SWEEP_MAX = 0.5;

/**
 * Plans a look at the places where states and locks were in the last sweep: stretches with many are listed, single ones are
 * asked for. Each state and each known lock is in exactly one range or location. Null when only a whole sweep makes sense.
 */
export function planRefresh(memory: SourceMemory, knownLocations: readonly string[]): RefreshPlan | null {
  const { boundaries, segments } = memory;
  if (segments === null || segments.length !== boundaries.length + 1) return null;
  const known = Map.groupBy(new Set(knownLocations), (location) => findSegment(boundaries, location));
  const ranges: KeyRange[] = [];
  const locations: string[] = [];
  let inLast = 0;
  for (const [index, segment] of segments.entries()) {
    const single = listSingles(segment, known.get(index) ?? NONE);
    if (single !== null) {
      locations.push(...single);
      inLast = 0;
      continue;
    }
    const last = ranges.at(-1);
    const isJoined = last !== undefined && inLast > 0 && inLast < SEGMENTS_PER_RANGE;
    const after = isJoined ? last.after : (boundaries[index - 1] ?? "");
    if (isJoined) ranges.pop();
    ranges.push({ after, through: boundaries[index] ?? null });
    inLast = isJoined ? inLast + 1 : 1;
  }
  const plan = { ranges, locations };
  const isWorthIt = estimatePlanPrice(plan, memory) <= SHARE_OF_SWEEP_MAX * estimateSweepPrice(segments);
  return isWorthIt ? plan : null;
}

/** What a plan made from this memory costs in dollars, as long as keys are where they were. */
export function estimatePlanPrice(plan: RefreshPlan, { boundaries, segments }: SourceMemory): number {
  const lists = plan.ranges.map(({ after, through }) => {
    const from = after === "" ? 0 : findSegment(boundaries, after) + 1;
    const to = through === null ? boundaries.length : findSegment(boundaries, through);
    return pagesOf(segments?.slice(from, to + 1) ?? []);
  });
  return DOLLARS_PER_LIST * sumOf(lists) + DOLLARS_PER_GET * plan.locations.length;
}

export function estimateSweepPrice(segments: readonly SegmentMemory[]): number {
  return DOLLARS_PER_LIST * pagesOf(segments);
}

const NONE: readonly string[] = [];

/** The places to ask for one by one in a segment; null when it is better listed. */
function listSingles({ states, stateKeys }: SegmentMemory, known: readonly string[]): readonly string[] | null {
  if (stateKeys.length < states) return null;
  if (states === 0 && known.length === 0) return NONE;
  const places = new Set([...stateKeys.map((key) => key + LOCK_FILE_SUFFIX), ...known]);
  return places.size <= STATE_KEYS_MAX ? [...places] : null;
}

/** The segment that holds a key: behind the boundary before it, up to and with its own. */
function findSegment(boundaries: readonly string[], key: string): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(boundaries[middle] ?? "", key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pagesOf(segments: readonly SegmentMemory[]): number {
  return Math.max(1, Math.ceil(sumOf(segments.map(({ keys }) => keys)) / PAGE_KEYS));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
