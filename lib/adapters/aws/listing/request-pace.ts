/** How one attempt of a request ended; `status` is 0 when no answer came. */
export type Attempt = { readonly status: number; readonly durationMs: number };

/** How many requests one bucket should be asked at a time. */
export type RequestPace = {
  readonly wanted: () => number;
  readonly note: (attempt: Attempt) => void;
};

export type PaceLimits = { readonly start: number; readonly most: number };

/** S3 takes 5,500 requests a second of a prefix; with usual latencies this many at a time stay far below. */
export const PACE_LIMITS: PaceLimits = { start: 16, most: 64 };

/** Rejections within this time are one event: the requests were under way together. */
const ONE_EVENT_MS = 500;
/** After a rejection, one more request is tried each time this has passed without another. */
const PROBE_MS = 2_000;
/** An event loop that is later than this has enough to do. */
const LAG_MS_MAX = 20;
/** Answers that take so many times the quickest mean that more requests only wait in a queue. */
const QUEUE_FACTOR = 4;

/**
 * Finds how many requests at a time a bucket takes: twice as many after each round until something is full, half as many
 * after a rejection, and from then on one more at a time, slowly.
 */
export function createRequestPace(options: {
  limits?: PaceLimits;
  now?: () => number;
  /** How late the event loop is. */
  lagMs?: () => number;
}): RequestPace {
  const { limits = PACE_LIMITS, now = Date.now, lagMs = () => 0 } = options;
  let wanted = Math.min(limits.start, limits.most);
  let rejectedAtMs = Number.NEGATIVE_INFINITY;
  let raisedAtMs = Number.NEGATIVE_INFINITY;
  let hasBeenFull = false;
  let quickestMs = Number.POSITIVE_INFINITY;
  let roundQuickestMs = Number.POSITIVE_INFINITY;
  let answers = 0;

  function reject(): void {
    const atMs = now();
    if (atMs - rejectedAtMs < ONE_EVENT_MS) return;
    wanted = Math.max(1, Math.floor(wanted / 2));
    hasBeenFull = true;
    rejectedAtMs = atMs;
    raisedAtMs = atMs;
    answers = 0;
  }

  function endRound(): void {
    const isQueueing = roundQuickestMs > QUEUE_FACTOR * quickestMs;
    const isLate = lagMs() > LAG_MS_MAX;
    answers = 0;
    roundQuickestMs = Number.POSITIVE_INFINITY;
    if (isQueueing) wanted = Math.max(1, wanted - 1);
    if (isQueueing || isLate || wanted >= limits.most) return;
    if (!hasBeenFull) {
      wanted = Math.min(limits.most, 2 * wanted);
    } else if (now() - raisedAtMs >= PROBE_MS) {
      wanted += 1;
      raisedAtMs = now();
    }
  }

  return {
    wanted: () => wanted,
    note({ status, durationMs }) {
      if (isRejection(status)) {
        reject();
        return;
      }
      quickestMs = Math.min(quickestMs, durationMs);
      roundQuickestMs = Math.min(roundQuickestMs, durationMs);
      answers += 1;
      if (answers >= wanted) endRound();
    },
  };
}

/** No answer, a request to slow down, or a server in trouble. */
function isRejection(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}
