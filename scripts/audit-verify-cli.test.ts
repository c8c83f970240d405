import { type ExecFileException, execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildRecords, checkpointOf, formatExport, newSigner, sampleSteps } from "./testing/audit-export.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "audit-verify-"));
  const signer = await newSigner();
  const records = buildRecords(sampleSteps(600, signer));
  const fork = buildRecords(sampleSteps(5, signer, "b"));
  await copyFile("scripts/audit-verify.mjs", join(folder, "verifier.mjs"));
  await symlink(join(folder, "verifier.mjs"), join(folder, "link.mjs"));
  await mkdir(join(folder, "folder"));
  const files = {
    "whole.jsonl": formatExport(records),
    "edited.jsonl": formatExport(records).toString().replace('"index":449', '"index":450'),
    "part.jsonl": formatExport(records.slice(10)),
    "keys.txt": `${signer.vkey}\n`,
    "bad-keys.txt": "nonsense\n",
    "old.txt": checkpointOf(records, 5, signer),
    "later.txt": checkpointOf(buildRecords(sampleSteps(1, signer), records), 601, signer),
    "fork.txt": checkpointOf(fork, 5, signer),
    "torn.txt": checkpointOf(records, 5, signer).slice(0, 70),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
});
afterAll(() => rm(folder, { recursive: true }));

type Run = { readonly exitCode: unknown; readonly stdout: string; readonly stderr: string };

/** Runs the copy in a folder that holds nothing of Lockkeeper. */
function run(args: readonly string[], { input = "", script = "verifier.mjs" } = {}): Promise<Run> {
  return new Promise((resolve) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr });
    const child = execFile(process.execPath, [script, ...args], { cwd: folder, env: { NODE_ENV: "test" } }, ended);
    child.stdin?.end(input);
  });
}

const KEY = ["--key", "keys.txt"];

test.each([
  ["verifies a trail", ["whole.jsonl", ...KEY], 0, "Verified: 600 events, 1 to 600."],
  ["compares a checkpoint", ["whole.jsonl", ...KEY, "--checkpoint", "old.txt"], 0, "1 agree, the newest of 5 events"],
  ["accepts a part on request", ["part.jsonl", ...KEY, "--partial"], 0, "Verified: 590 events, 11 to 600."],
  ["finds an edited event", ["edited.jsonl", ...KEY], 1, "BAD at event 450 (line 450): Its hash is not"],
  ["finds a missing beginning", ["part.jsonl", ...KEY], 1, "BAD at event 1 (line 1): The export begins with event 11"],
  ["finds a cut-off end", ["whole.jsonl", ...KEY, "--checkpoint", "later.txt"], 1, "BAD at event 601: Truncated"],
  [
    "finds a fork",
    ["whole.jsonl", ...KEY, "--checkpoint", "old.txt", "--checkpoint", "fork.txt"],
    1,
    "BAD at event 5: Forked",
  ],
])("%s", async (_what, args, exitCode, text) => {
  expect(await run(args)).toMatchObject({ exitCode, stdout: expect.stringContaining(text), stderr: "" });
});

test.each([
  ["without an export", [...KEY], "Name exactly one export. See --help."],
  ["with two exports", ["whole.jsonl", "part.jsonl", ...KEY], "Name exactly one export. See --help."],
  ["without a key", ["whole.jsonl"], "Name a file of public keys with --key."],
  ["with an option that there is not", ["whole.jsonl", ...KEY, "--fast"], "Unknown option '--fast'. See --help."],
  ["with an export that is not there", ["gone.jsonl", ...KEY], "gone.jsonl cannot be read: ENOENT"],
  ["with a folder for an export", ["folder", ...KEY], "folder cannot be read: EISDIR"],
  ["with a key file that is not there", ["whole.jsonl", "--key", "gone.txt"], "gone.txt cannot be read: ENOENT"],
  ["with a damaged key file", ["whole.jsonl", "--key", "bad-keys.txt"], "bad-keys.txt, line 1: not a public key"],
  [
    "with a damaged checkpoint",
    ["whole.jsonl", ...KEY, "--checkpoint", "torn.txt"],
    "torn.txt holds no whole checkpoint",
  ],
  [
    "with a part and a checkpoint",
    ["part.jsonl", ...KEY, "--partial", "--checkpoint", "old.txt"],
    "cannot be compared",
  ],
])("%s nothing is checked, and it says what to do", async (_what, args, text) => {
  expect(await run(args)).toEqual({ exitCode: 2, stdout: "", stderr: expect.stringContaining(text) });
});

test("reads standard input", async () => {
  const input = formatExport(buildRecords(sampleSteps(2, await newSigner()))).toString();

  expect(await run(["-", ...KEY], { input })).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining("BAD at event 1"),
  });
  expect(await run(["-", ...KEY])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("0 events") });
});

test("never ends well without having checked, by whatever path it is started", async () => {
  expect(await run(["edited.jsonl", ...KEY], { script: "link.mjs" })).toMatchObject({ exitCode: 1 });
  expect(await run(["edited.jsonl", ...KEY], { script: join("folder", "..", "verifier.mjs") })).toMatchObject({
    exitCode: 1,
  });
});

test("prints one JSON object on request, whatever the result", async () => {
  const read = async (...args: string[]) => JSON.parse((await run([...args, "--json"])).stdout);

  expect(await read("whole.jsonl", ...KEY)).toMatchObject({ verdict: "verified", events: 600, notices: [] });
  expect(await read("edited.jsonl", ...KEY)).toMatchObject({ verdict: "bad", seq: 450, line: 450 });
  expect(await read("gone.jsonl", ...KEY)).toEqual({
    verdict: "not_checked",
    problem: expect.stringContaining("ENOENT"),
  });
});

test("text of others that it repeats steers no terminal", async () => {
  const { stderr } = await run(["a\u001b[2Jb\u202ec", ...KEY]);

  expect(stderr).toContain("a?[2Jb?c cannot be read");
});

test("explains itself", async () => {
  expect(await run(["--help"])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("--checkpoint <file>") });
});
