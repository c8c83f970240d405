import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";

const RUN_CHILD = `
  import { runChild } from "./scripts/child.mjs";
  await runChild(process.execPath, ["-e", "console.log(process.pid); setInterval(() => {}, 1000)"]);`;
const SHELL = `
  const { spawn } = require("node:child_process");
  spawn(process.execPath, ["--input-type=module", "-e", process.argv[1]], { stdio: "inherit" });`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("what npm started ends when npm's shell is killed and passes no signal on", async () => {
  const env = { ...process.env, npm_lifecycle_event: "start" };
  const shell = spawn(process.execPath, ["-e", SHELL, RUN_CHILD], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(shell.stdout), "line");
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);

  shell.kill("SIGKILL");

  try {
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  } finally {
    shell.stdout.destroy();
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
});
