import { afterEach, beforeEach, expect, test } from "vitest";
import { openScanLab, type ScanLab } from "./testing/scan-lab.ts";

const SOURCES = 20;

let lab: ScanLab;
beforeEach(async () => {
  lab = await openScanLab(SOURCES);
  // Long enough for two sweeps of one bucket to meet, if they could.
  lab.sandbox.setLatency(100);
});
afterEach(() => lab.close());

const total = (swept: ReadonlyMap<string, number>) => [...swept.values()].reduce((sum, count) => sum + count, 0);

test("two replicas share 20 sources, each is swept again and again, and never twice at the same time", async () => {
  const replicas = await Promise.all([lab.start(), lab.start()]);
  const isSweptAgainAndAgain = () => lab.buckets.every((bucket) => (lab.listed.get(bucket) ?? 0) >= 3);
  // Whichever is up first may be far ahead by then.
  const isShared = () => replicas.every(({ swept }) => total(swept) > SOURCES / 4);
  await expect.poll(() => isSweptAgainAndAgain() && isShared(), { interval: 50, timeout: 30_000 }).toBe(true);

  expect(lab.openMax()).toBe(1);
}, 60_000);

test("a source that hangs holds up none of the others, and a replica that is asked to end gives its looks to the other", async () => {
  const [hanging = ""] = lab.buckets;
  lab.sandbox.addFault({ match: { bucket: hanging, operation: "ListObjectsV2" }, effect: { kind: "hang" }, times: 1 });
  // Within this test no heartbeat is missed: what the other takes up was given to it.
  const times = { pollMs: 100, heartbeatSeconds: 300 };
  const first = await lab.start({ everyMs: 500, times });
  const others = lab.buckets.filter((bucket) => bucket !== hanging);
  await expect
    .poll(() => others.every((bucket) => (first.swept.get(bucket) ?? 0) >= 2), { interval: 50, timeout: 30_000 })
    .toBe(true);
  expect(first.swept.get(hanging)).toBeUndefined();

  const second = await lab.start({ times });
  expect(await first.end()).toBeLessThan(15_000);
  await expect.poll(() => second.swept.get(hanging), { interval: 50, timeout: 40_000 }).toBeGreaterThan(0);
}, 120_000);
