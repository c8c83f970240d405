import { formatVersion, type LockStreamPulse, numberInEpoch, PULSE_EVERY_MS } from "#lib/domain/lock-news.ts";
import { AppError } from "#lib/services/errors.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import { describeProgress, type RowsNow, readRows, writeNews, writeRows } from "#lib/services/locks/lock-rows.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { type EventBytes, type EventViewer, encodeEvent, encodeRetry, openEventViewer } from "./event-stream.ts";
import { createLockRowsBody, type LockRowsBody } from "./lock-rows-body.ts";
import { NewsRing } from "./news-ring.ts";
import { createStoreWatch } from "./store-watch.ts";
import { createUpdater } from "./updater.ts";

export type LockStream = {
  /** Every row, as of now; throws AppError `unavailable` when the store cannot be read. */
  readonly readRows: () => Promise<LockRowsBody>;
  /** News from the version `since` on, or from now on; `event: resync` when what came after it is not known any more. */
  readonly open: (since: string | null, signal?: AbortSignal) => Promise<ReadableStream<EventBytes>>;
  readonly countViewers: () => number;
  /** Ends every stream at once, and the watching. */
  readonly close: () => void;
};

export type LockStreamTiming = {
  /** At most one look at the store in this time, however many changes there are. */
  readonly lookEveryMs: number;
  /** So often it looks although nothing was said to have changed: notices get lost, and locks grow stale. */
  readonly lookAgainEveryMs: number;
  readonly progressEveryMs: number;
  readonly pulseEveryMs: number;
  /** How long it keeps watching when nobody looks any more. */
  readonly lingerMs: number;
};

const TIMING: LockStreamTiming = {
  lookEveryMs: 250,
  lookAgainEveryMs: 30_000,
  progressEveryMs: 1000,
  pulseEveryMs: PULSE_EVERY_MS,
  lingerMs: 60_000,
};
const RETRY_MS = 2000;
/** More than this is cheaper to fetch, compressed once for all viewers. */
const NEWS_BYTES_MAX = 256 * 1024;
const PROBLEM = {
  message: "Lockkeeper cannot read its database now.",
  hint: "It tries again by itself; the server's log says why.",
};

/** Watches the list of locks for all viewers of this process: one look and one text for each change, however many they are. */
export function createLockStream(ctx: Context, timing: LockStreamTiming = TIMING): LockStream {
  const epoch = ctx.newId();
  const viewers = new Set<EventViewer>();
  const ring = new NewsRing();
  let number = 0;
  let now: RowsNow | null = null;
  let body: LockRowsBody | null = null;
  let problem: LockStreamPulse["problem"] = null;
  let isClosed = false;
  let progress = describeProgress(ctx);

  const version = () => formatVersion(epoch, number);
  const broadcast = (event: EventBytes) => {
    for (const viewer of viewers) if (!viewer.send(event)) viewers.delete(viewer);
  };
  const pulse = () => {
    const asOf = problem === null ? new Date(awsNow(ctx)).toISOString() : (now?.asOf ?? "");
    return encodeEvent("alive", JSON.stringify({ version: version(), asOf, problem }), version());
  };
  const resync = () => encodeEvent("resync", JSON.stringify({ version: version() }), version());

  const look = async (): Promise<void> => {
    progress = describeProgress(ctx);
    const read = await readRows(ctx, now);
    const isFirst = now === null;
    now = read.now;
    if (read.news === null) return;
    number += 1;
    if (isFirst) return;
    const text = writeNews(version(), read.news);
    const event = text.length > NEWS_BYTES_MAX ? resync() : encodeEvent("news", text, version());
    ring.push(number, event);
    broadcast(event);
  };
  const updater = createUpdater({
    everyMs: timing.lookEveryMs,
    update: look,
    onSettled: (error) => {
      const hadProblem = problem !== null;
      problem = error === null ? null : PROBLEM;
      if (error !== null && !hadProblem) ctx.log.warn({ cause: String(error) }, "the live list could not be read");
      if (hadProblem !== (problem !== null)) broadcast(pulse());
    },
  });

  const watch = createStoreWatch({
    changes: ctx.changes,
    monotonicMs: ctx.monotonicMs,
    lingerMs: timing.lingerMs,
    isWanted: () => viewers.size > 0,
    onChange: () => void updater.request(),
    every: [
      { ms: timing.lookAgainEveryMs, run: () => void updater.request() },
      { ms: timing.lookAgainEveryMs / 6, run: () => void (problem !== null && updater.request()) },
      { ms: timing.progressEveryMs, run: () => void (describeProgress(ctx) !== progress && updater.request()) },
      { ms: timing.pulseEveryMs, run: () => broadcast(pulse()) },
    ],
  });
  /** The list as it is now: at once while it is watched, else after a look. */
  const untilFresh = async (): Promise<void> => {
    if (watch.begin() || now === null || problem !== null) await updater.request();
    else await updater.pending();
  };
  const unreadable = () => new AppError(PROBLEM.message, { code: "unavailable", hint: PROBLEM.hint });

  return {
    readRows: async () => {
      await untilFresh();
      if (problem !== null || now === null) throw unreadable();
      const rows = now;
      if (body?.version !== version()) {
        const current = version();
        body = createLockRowsBody(current, () => writeRows(current, rows));
      }
      return body;
    },
    open: async (since, signal) => {
      await untilFresh();
      if (now === null || isClosed) throw unreadable();
      const leave = () => void viewers.delete(viewer);
      const viewer = openEventViewer(leave);
      viewer.send(encodeRetry(RETRY_MS));
      const sinceNumber = since === null ? number : numberInEpoch(epoch, since);
      const missed = sinceNumber === null ? null : ring.since(sinceNumber, number);
      for (const event of missed ?? [resync()]) viewer.send(event);
      viewer.send(pulse());
      viewers.add(viewer);
      // Whoever left does not notice; whoever may not see it any more is cut off.
      const end = () => {
        leave();
        viewer.close();
      };
      signal?.addEventListener("abort", end, { once: true });
      if (signal?.aborted) end();
      return viewer.stream;
    },
    countViewers: () => viewers.size,
    close: () => {
      isClosed = true;
      watch.end();
      updater.stop();
      for (const viewer of viewers) {
        viewer.send(encodeRetry(RETRY_MS));
        viewer.close();
      }
      viewers.clear();
    },
  };
}
