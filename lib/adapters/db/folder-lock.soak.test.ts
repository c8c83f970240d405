import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killRepeatedly, killWriters } from "./testing/killed-writers.ts";

test("no acknowledged record is lost in 50 rounds of SIGKILL, and the trail verifies", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-kill-"));
  try {
    const outcome = await killRepeatedly(dataDir, 50);
    expect(outcome.acknowledged).toBeGreaterThanOrEqual(50);
    expect(outcome).toMatchObject({ lost: [], trail: { verdict: "verified" } });
  } finally {
    await killWriters();
    await rm(dataDir, { recursive: true, force: true });
  }
});
