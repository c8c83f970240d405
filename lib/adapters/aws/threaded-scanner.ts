import { setImmediate as nextTurn } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { Log } from "#lib/services/ports/context.ts";
import type { SourceScanner, SweepOptions, SweepProgress, SweepResult } from "#lib/services/ports/scanning.ts";
import { createAwsClock } from "./aws-clock.ts";
import type { Environment } from "./credentials.ts";
import type { AwsLimits } from "./limits.ts";
import { createScanner } from "./source-scanner.ts";
import { createSweepThread } from "./sweep-thread.ts";
import { unpackHalf, withoutBytes } from "./sweep-worker/half-parcels.ts";
import { type LookRequest, parcelsOf } from "./sweep-worker/messages.ts";

export type ThreadedScanner = SourceScanner & {
  /** Ends the waits of slow sweeps: the process is about to end, and what they found by then is worth keeping. */
  readonly stopWaiting: () => void;
  /** Ends the thread; what still runs in it ends as a failed sweep. */
  readonly close: () => Promise<void>;
};

/** A look before it has its number. */
type Look = WithoutId<LookRequest>;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/**
 * A scanner that sweeps and refreshes in a thread of its own, so that whoever asks for a page waits for no listing. Single
 * halves are read in this thread: an unlock waits for them.
 */
export function createThreadedScanner(options: {
  env?: Environment | undefined;
  limits?: Partial<AwsLimits> | undefined;
  log: Log;
  /** For tests. */
  onStart?: (worker: Worker) => void;
}): ThreadedScanner {
  const { env, limits, log, onStart } = options;
  const clock = createAwsClock(Date.now);
  const { readHalf, findRemoval, clockOffsetMs } = createScanner({ env, limits, clock });
  const thread = createSweepThread({
    workerData: { env, limits },
    log,
    onStart,
    onClock(samples) {
      for (const [id, sample] of samples) clock.learn(id, sample);
    },
  });

  async function look(
    asked: Look,
    known: readonly HalfSighting[],
    report: Pick<SweepOptions, "onFound"> & { onProgress?: (progress: SweepProgress) => void },
  ): Promise<SweepResult> {
    const { promise: answer, resolve, reject } = Promise.withResolvers<SweepResult>();
    const halves: ObservedHalf[] = [];
    let isOver = false;
    const task = thread.begin({
      onMessage(message) {
        if (message.kind === "progress") report.onProgress?.(message.progress);
        else if (message.kind === "halves") {
          const arrived = message.halves.map((sent) => unpackHalf(sent, known));
          for (const half of arrived) halves.push(half);
          if (message.isNews) report.onFound?.(arrived);
        } else if (message.kind === "failed") {
          reject(new Error("A sweep failed.", { cause: message.cause }));
        } else {
          const ordered = Array.from(message.order, (number) => halves[number]).filter((half) => half !== undefined);
          resolve({ ...message.result, halves: ordered });
        }
      },
      onDeath() {
        isOver = true;
        resolve(BROKEN_OFF);
      },
    });
    const { id } = task;
    try {
      for (const parcel of parcelsOf(known)) {
        if (isOver) break;
        task.post({ kind: "known", id, halves: parcel.map(withoutBytes) });
        await nextTurn();
      }
      task.post({ kind: "look", request: { ...asked, id } });
    } catch (cause) {
      reject(cause);
    }
    return answer.finally(task.end);
  }

  return {
    sweep: (source, known, onProgress, { memory, onFound } = {}) =>
      look({ kind: "sweep", source, memory }, known, { onProgress, ...(onFound !== undefined && { onFound }) }),
    refresh: (source, known, plan) => look({ kind: "refresh", source, plan }, known, {}),
    readHalf,
    findRemoval,
    clockOffsetMs,
    stopWaiting: thread.stopWaiting,
    close: thread.close,
  };
}

const BROKEN_OFF: SweepResult = {
  outcome: "error",
  halves: [],
  requests: 0,
  objectsSeen: 0,
  digestsSeen: 0,
  foreignSeen: 0,
  error: {
    code: "unexpected",
    message: "The sweep was broken off: the thread it ran in ended.",
    hint: "The next scan tries again. If it happens again, see the log, and please report it.",
    statement: null,
  },
};
