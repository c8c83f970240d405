import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

const EVERY_MS = 1_000;

/** Shows what a running sweep finds, before its end. */
export type FoundFeed = {
  readonly add: (halves: readonly ObservedHalf[]) => void;
  /** Resolves when nothing is written any more; what was not yet is in the sweep's result. */
  readonly end: () => Promise<void>;
};

/** All that a feed needs of a context. */
type FeedContext = Pick<Context, "now" | "monotonicMs" | "pause"> & {
  readonly scanner: Pick<Context["scanner"], "clockOffsetMs">;
  readonly sightings: Pick<Context["sightings"], "recordFound">;
  readonly log: Pick<Context["log"], "warn">;
};

/** Stores the first finds at once and the others about once a second. What cannot be stored is logged: the sweep brings it again. */
export function createFoundFeed(ctx: FeedContext, source: Source, startedMs: number): FoundFeed {
  let pending: ObservedHalf[] = [];
  let isEnded = false;
  let isRunning = false;
  let writing: Promise<void> = Promise.resolve();

  const write = async (halves: readonly ObservedHalf[]) => {
    const startedAtMs = awsNow(ctx) - Math.round(ctx.monotonicMs() - startedMs);
    try {
      await ctx.sightings.recordFound({ source, startedAtMs, halves });
    } catch (error) {
      ctx.log.warn({ sourceId: source.id, cause: String(error) }, "could not show what a sweep found before its end");
    }
  };
  const run = async () => {
    isRunning = true;
    while (pending.length > 0 && !isEnded) {
      const halves = pending;
      pending = [];
      writing = write(halves);
      await writing;
      await ctx.pause(EVERY_MS);
    }
    isRunning = false;
  };
  return {
    add(halves) {
      if (isEnded || halves.length === 0) return;
      pending.push(...halves);
      if (!isRunning) void run();
    },
    async end() {
      isEnded = true;
      await writing;
    },
  };
}
