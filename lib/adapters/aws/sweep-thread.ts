import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Log } from "#lib/services/ports/context.ts";
import type { FromWorker, ToWorker } from "./sweep-worker/messages.ts";

/** One thread that is started when it is needed, and again when it died. */
export type SweepThread = {
  /** Begins a task: `onMessage` is given the answers with its number, and `onDeath` is called when none can come any more. */
  readonly begin: (task: Task) => RunningTask;
  /** Lets tasks that only wait for their turn end with what they have. */
  readonly stopWaiting: () => void;
  /** Ends the thread for good. */
  readonly close: () => Promise<void>;
};

type Task = { readonly onMessage: (message: TaskMessage) => void; readonly onDeath: () => void };
type TaskMessage = Extract<FromWorker, { readonly id: number }>;
type RunningTask = {
  readonly id: number;
  readonly post: (message: ToWorker) => void;
  /** Must be called when the task has its answer. */
  readonly end: () => void;
};

/** From the folder of the repository, as Node itself reads it: no bundle has it. */
const ENTRY = "lib/adapters/aws/sweep-worker.ts";
/**
 * Pages are rubbish as soon as they are read. Left alone, V8 lets it pile up with the size of the bucket before it is
 * collected.
 */
const YOUNG_GENERATION_MB = 24;
const STOP_WAITING: ToWorker = { kind: "stop_waiting" };

export function createSweepThread(options: {
  workerData: object;
  log: Log;
  onClock: (samples: Extract<FromWorker, { kind: "clock" }>["samples"]) => void;
  /** For tests. */
  onStart?: ((worker: Worker) => void) | undefined;
}): SweepThread {
  const { workerData, log, onClock } = options;
  let running: { worker: Worker; tasks: Map<number, Task> } | null = null;
  let lastId = 0;
  let isClosed = false;

  function start() {
    const worker = new Worker(/* turbopackIgnore: true */ pathToFileURL(resolve(/* turbopackIgnore: true */ ENTRY)), {
      workerData,
      // Not those of this process: they may be about this process alone.
      execArgv: ["--conditions=react-server"],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      name: "sweeps",
      stdout: true,
      stderr: true,
    });
    const tasks = new Map<number, Task>();
    worker.on("message", (message: FromWorker) => {
      if (message.kind === "clock") onClock(message.samples);
      else tasks.get(message.id)?.onMessage(message);
    });
    worker.on("error", (error) => log.error({ cause: textOf(error) }, "the thread that sweeps failed"));
    worker.once("exit", (code) => {
      if (running?.worker === worker) running = null;
      if (!isClosed)
        log.warn({ code, tasks: tasks.size }, "the thread that sweeps ended; the next sweep starts another");
      for (const task of [...tasks.values()]) task.onDeath();
      tasks.clear();
    });
    for (const output of [worker.stdout, worker.stderr]) forward(output, log);
    // Alone it keeps no process alive; a task does.
    worker.unref();
    options.onStart?.(worker);
    return { worker, tasks };
  }

  return {
    begin(task) {
      lastId += 1;
      const id = lastId;
      if (isClosed) {
        queueMicrotask(task.onDeath);
        return { id, post: () => undefined, end: () => undefined };
      }
      running ??= start();
      const { worker, tasks } = running;
      tasks.set(id, task);
      worker.ref();
      return {
        id,
        post: (message) => worker.postMessage(message),
        end() {
          tasks.delete(id);
          if (tasks.size === 0) worker.unref();
        },
      };
    },
    stopWaiting() {
      running?.worker.postMessage(STOP_WAITING);
    },
    async close() {
      isClosed = true;
      await running?.worker.terminate();
    },
  };
}

/** Warnings of Node and the SDK become lines of our log. */
function forward(output: Readable, log: Log): void {
  createInterface({ input: output }).on("line", (line) => log.warn({ line }, "the thread that sweeps wrote"));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
