// Loaded into the product by the benchmark (NODE_OPTIONS=--import): writes how late the main thread's event loop was, each second.
import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const file = process.env.LOCKKEEPER_LAG_FILE;
if (isMainThread && file !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  setInterval(() => {
    const line = { pid: process.pid, atMs: Date.now(), p99Ms: delays.percentile(99) / 1e6, maxMs: delays.max / 1e6 };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    delays.reset();
  }, 1000).unref();
}
