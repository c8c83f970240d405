import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { lockFolder } from "./folder-lock.ts";
import { readBootId, readStartTime } from "./process-identity.ts";
import { copyEmbeddedTemplate } from "./testing/embedded-template.ts";
import { killRepeatedly, killWriter, killWriters, startWriter } from "./testing/killed-writers.ts";
import { MIGRATIONS_DIR, quietLog } from "./testing/test-database.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-lock-"));
});
afterEach(async () => {
  await killWriters();
  await rm(dataDir, { recursive: true, force: true });
});

function open() {
  return openDatabase({ url: null, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
}

test("a second process is refused by name while the first lives, and let in once it was killed", async () => {
  await copyEmbeddedTemplate(dataDir, MIGRATIONS_DIR, quietLog);
  const first = await startWriter(dataDir);
  expect(first.firstLine).toBe("open");
  const second = await startWriter(dataDir);
  expect(second.firstLine).toMatch(`refused: Process ${first.child.pid} already uses the embedded database`);
  await expect(open()).rejects.toMatchObject({ code: "unavailable", hint: expect.stringContaining("DATABASE_URL") });
  await killWriter(first.child);
  const third = await startWriter(dataDir);
  expect(third.firstLine).toBe("open");
});

test("no acknowledged record is lost to SIGKILL, and the trail verifies (npm run test:soak has more rounds)", async () => {
  const outcome = await killRepeatedly(dataDir, 4);
  expect(outcome.acknowledged).toBeGreaterThanOrEqual(4);
  expect(outcome).toMatchObject({ lost: [], trail: { verdict: "verified" } });
}, 180_000);

test("of many that try at once at most one holds the folder, and after its release the next gets it", async () => {
  for (let round = 0; round < 5; round += 1) {
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dataDir)));
    const held = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
    expect(held.length).toBeLessThanOrEqual(1);
    for (const lock of held) await lock.release();
    await (await lockFolder(dataDir)).release();
    expect(await readdir(dataDir)).toEqual([]);
  }
});

test("a lock is taken over only from a process that is surely gone", async () => {
  const own = {
    pid: process.pid,
    startTime: await readStartTime(process.pid),
    bootId: await readBootId(),
    host: hostname(),
  };
  const cases: [string, unknown, boolean][] = [
    ["a pid that nobody has", { ...own, pid: 4_194_304 }, true],
    ["our pid, but started at another time", { ...own, startTime: "1" }, own.startTime !== null],
    ["our pid before a restart of the machine", { ...own, bootId: "another" }, own.bootId !== null],
    ["a live process", own, false],
    ["a live process whose start nobody could tell", { ...own, startTime: null }, false],
    ["a process on another machine", { ...own, host: "elsewhere" }, false],
    ["an unreadable file", "nonsense", false],
  ];
  for (const [name, identity, isFree] of cases) {
    await writeFile(join(dataDir, "1-other.lock"), JSON.stringify(identity));
    const result = await lockFolder(dataDir).then(
      async (lock) => {
        await lock.release();
        return "taken";
      },
      () => "refused",
    );
    expect(result, name).toBe(isFree ? "taken" : "refused");
    expect(await readdir(dataDir), name).toEqual(isFree ? [] : ["1-other.lock"]);
  }
});
