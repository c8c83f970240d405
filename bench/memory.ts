import { fork } from "node:child_process";
import type { SourceMemory } from "#lib/domain/source-memory.ts";
import type { Bar } from "./bars.ts";
import { createProduct, knownLocks, listWithProduct } from "./contenders.ts";
import type { VirtualBucket } from "./virtual-s3.ts";

const IN_FLIGHT = 32;
const SIZES = [200_000, 2_000_000];

/**
 * How much more memory a bucket of two million keys needs than one of two hundred thousand, each in a new process that sweeps
 * in its thread as the server does.
 */
export async function measureMemory(
  url: string,
  serve: (bucket: Partial<VirtualBucket>) => Promise<void>,
): Promise<Bar[]> {
  const peaks: number[] = [];
  for (const keys of SIZES) {
    await serve({ keys, latencyMs: 5 });
    peaks.push(await peakOf(url, keys));
  }
  const [small = 0, large = 0] = peaks;
  return [{ name: "peak memory growth from 200k to 2M keys", value: large - small, most: 30, unit: "MB" }];
}

function peakOf(url: string, keys: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL(import.meta.url), [url, String(keys)], { stdio: "inherit" });
    child.once("message", (peak) => resolve(Number(peak)));
    child.once("exit", (code) => reject(new Error(`The process that lists ended with ${code}.`)));
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname && process.send !== undefined) {
  const [url = "", keys = ""] = process.argv.slice(2);
  const product = createProduct({ pagesPerBucket: IN_FLIGHT });
  // Both processes make both lists: what the bench itself needs for them is not what is measured.
  const known = SIZES.map(knownLocks)[SIZES.indexOf(Number(keys))] ?? [];
  let memory: SourceMemory | undefined;
  // The small bucket more often: what is compared is the level that memory comes to, and not how soon.
  for (let i = 0; i < (known.length < 1_000 ? 10 : 2); i += 1) {
    ({ memory } = await listWithProduct(product, { url, known, memory }));
  }
  process.send(process.resourceUsage().maxRSS / 1024);
  await product.close();
  process.disconnect();
}
