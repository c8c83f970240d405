import { spawn } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

const PARENT_POLL_MS = 500;

/**
 * Runs a command in the foreground, hands every signal on to it, and resolves with its exit code. Under npm the command also
 * ends with npm: its shell keeps signals to itself, and a server that outlives `npm start` would hold its port.
 */
export function runChild(command, args, options = {}) {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  const handOn = SIGNALS.map((signal) => [signal, () => child.kill(signal)]);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, PARENT_POLL_MS);
  if (process.env.npm_lifecycle_event === undefined) clearInterval(watch);
  for (const [signal, listener] of handOn) process.on(signal, listener);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  }).finally(() => {
    clearInterval(watch);
    for (const [signal, listener] of handOn) process.off(signal, listener);
  });
}

/** An error for the person at the terminal: its message is shown without a stack. */
export class Refusal extends Error {}

/** Runs a script's main function: its number is the exit code, a Refusal is one message. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Refusal ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
