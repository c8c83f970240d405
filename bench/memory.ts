import { fork } from "node:child_process";
import type { Bar } from "./bars.ts";
import { createClient, listWithProduct } from "./contenders.ts";
import type { VirtualBucket } from "./virtual-s3.ts";

const PACE = { start: 32, most: 32 };

/** How much more memory a bucket of two million keys needs than one of two hundred thousand, each in a new process. */
export async function measureMemory(
  url: string,
  serve: (bucket: Partial<VirtualBucket>) => Promise<void>,
): Promise<Bar[]> {
  const peaks: number[] = [];
  for (const keys of [200_000, 2_000_000]) {
    await serve({ keys, latencyMs: 5 });
    peaks.push(await peakOf(url));
  }
  const [small = 0, large = 0] = peaks;
  return [{ name: "peak memory growth from 200k to 2M keys", value: large - small, most: 30, unit: "MB" }];
}

function peakOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL(import.meta.url), [url], { stdio: "inherit" });
    child.once("message", (peak) => resolve(Number(peak)));
    child.once("exit", (code) => reject(new Error(`The process that lists ended with ${code}.`)));
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname && process.send !== undefined) {
  const [url = ""] = process.argv.slice(2);
  const client = createClient(url);
  const { end } = await listWithProduct(client, { pace: PACE });
  await listWithProduct(client, { memory: end.memory, pace: PACE });
  process.send(process.resourceUsage().maxRSS / 1024);
  process.disconnect();
}
