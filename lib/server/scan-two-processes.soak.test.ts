import { afterEach, expect, test, vi } from "vitest";
import { printFigure, useStore } from "#lib/services/testing/soak-stores.ts";
import { openScanLab, type ScanLab } from "./testing/scan-lab.ts";

const SOURCES = 20;

let lab: ScanLab | null = null;
afterEach(async () => {
  await lab?.close();
  vi.unstubAllEnvs();
});

test("the sweeps of a replica that is killed are taken up by the other within a minute", async () => {
  useStore("postgres");
  lab = await openScanLab(SOURCES);
  const { buckets, sandbox } = lab;
  const fault = sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect: { kind: "hang" } });
  const dead = await lab.start({ times: {} });
  await expect.poll(() => lab?.listed.size, { interval: 50, timeout: 30_000 }).toBe(SOURCES);
  sandbox.removeFault(fault);
  const other = await lab.start({ times: {} });
  await dead.kill();
  const startedMs = performance.now();

  await expect
    .poll(() => buckets.every((bucket) => (other.swept.get(bucket) ?? 0) > 0), { interval: 100, timeout: 60_000 })
    .toBe(true);
  printFigure("killed replica", { sources: SOURCES, takenUpAfterMs: Math.round(performance.now() - startedMs) });
});
