import "server-only";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { logger } from "./logger.ts";

const ReadyLine = z.object({
  ready: z.literal(true),
  endpoint: z.string(),
  configYaml: z.string(),
  /** The ambient credentials of the demo, as environment variables. */
  credentials: z.record(z.string(), z.string()),
});
export type SandboxProcess = z.infer<typeof ReadyLine>;

const START_TIMEOUT_MS = 20_000;

/** Starts the sandbox beside this process. It ends with us, even after kill -9, because its standard input closes then. */
export async function startSandboxProcess(): Promise<SandboxProcess> {
  const child = spawn(process.execPath, ["sandbox/main.ts"], { stdio: ["pipe", "pipe", "inherit"] });
  child.once("exit", (code) => logger.warn({ code }, "the sandbox ended"));
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  for await (const line of createInterface({ input: child.stdout, signal: timeout })) {
    const ready = ReadyLine.safeParse(JSON.parse(line));
    if (ready.success) {
      child.stdout.resume();
      return ready.data;
    }
  }
  throw new Error("The sandbox did not start. Start it alone with `node sandbox/main.ts` to see why.");
}
