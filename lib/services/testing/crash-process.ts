import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { ChildAnswer, ChildCommand, Crash, Death, Result } from "./crash-protocol.ts";

const SCRIPT = "lib/services/testing/crash-child.ts";
const COMPILE_CACHE = "node_modules/.cache/lockkeeper/compiled";
const running = new Set<ChildProcess>();

type Opening = Omit<Extract<ChildCommand, { kind: "open" }>, "kind">;
type Requests = Extract<ChildCommand, { kind: "unlock" }>["requests"];

/** Another process of Lockkeeper, as far as a test needs one. */
export type OtherProcess = {
  readonly pid: number;
  readonly open: (opening: Opening) => Promise<void>;
  readonly unlock: (requests: Requests, lanes: number) => Promise<readonly Result[]>;
  /** Null when the point was never reached. */
  readonly unlockUntilCrash: (requests: Requests, crash: Crash) => Promise<Death | null>;
  /** Two unlocks at a time until SIGKILL comes from outside, `afterMs` after the start. */
  readonly unlockUntilKilled: (requests: Requests, afterMs: number) => Promise<void>;
  readonly kill: () => Promise<void>;
};

/** Starts a process and loads its code; nothing is opened yet, so it may wait while another still has the store. */
export async function startProcess(): Promise<OtherProcess> {
  const child = spawn(process.execPath, ["--conditions=react-server", SCRIPT], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, NODE_OPTIONS: "" },
  });
  running.add(child);
  const { stdout, pid } = child;
  if (stdout === null || pid === undefined) throw new Error("the process did not start");
  const printed = text(stdout);
  const exited = once(child, "exit").then(() => {
    running.delete(child);
    return null;
  });
  const nextAnswer = async (): Promise<ChildAnswer | null> => {
    const controller = new AbortController();
    const answer = once(child, "message", controller).then(([message]: ChildAnswer[]) => message ?? null);
    const first = await Promise.race([answer, exited]);
    controller.abort();
    answer.catch(() => undefined);
    return first;
  };
  const ask = async (command: ChildCommand): Promise<ChildAnswer | null> => {
    const answer = nextAnswer();
    child.send(command, () => undefined);
    const given = await answer;
    if (given?.kind === "failed") throw new Error(given.message);
    return given;
  };
  if ((await nextAnswer())?.kind !== "loaded") throw new Error("the process ended before it was loaded");
  return {
    pid,
    async open(opening) {
      if ((await ask({ kind: "open", ...opening })) === null) throw new Error("the process ended while it opened");
    },
    async unlock(requests, lanes) {
      const answer = await ask({ kind: "unlock", requests, lanes, crash: null });
      return answer?.kind === "done" ? answer.results : [];
    },
    async unlockUntilCrash(requests, crash) {
      const answer = await ask({ kind: "unlock", requests, lanes: requests.length, crash });
      if (answer !== null) return null;
      const death = await printed;
      return death === "" ? null : JSON.parse(death);
    },
    async unlockUntilKilled(requests, afterMs) {
      child.send({ kind: "unlock", requests, lanes: 2, crash: null } satisfies ChildCommand, () => undefined);
      setTimeout(() => child.kill("SIGKILL"), afterMs);
      await exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Ends whatever a failed test left behind. */
export function killProcesses(): void {
  for (const child of running) child.kill("SIGKILL");
}
