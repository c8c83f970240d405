import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ThreadedScanner } from "#lib/adapters/aws/threaded-scanner.ts";
import { type Bar, checkBars, formatBars } from "./bars.ts";
import {
  createClient,
  createProduct,
  knownLocks,
  listByPrefix,
  listSequentially,
  listWithProduct,
} from "./contenders.ts";
import { type Cost, formatTable, measure, median } from "./measure.ts";
import { measureMemory } from "./memory.ts";
import { measureRefresh } from "./refresh.ts";
import { measureTables } from "./tables.ts";
import { startVirtualS3, type VirtualProcess } from "./virtual-process.ts";

/**
 * Measures the listing of a bucket against what others do, in one run and in turns, on a virtual S3 in its own process.
 * `--repeats 1` and `--only <name>` make it shorter. Fails on a wrong set of locks before anything is printed.
 */
const { values } = parseArgs({ options: { repeats: { type: "string", default: "3" }, only: { type: "string" } } });
const REPEATS = Number(values.repeats);
const IN_FLIGHT = 32;
const PAGE_KEYS = 1000;

type Scenario = { name: string; keys: number; latencyMs: number; contenders: readonly Contender[] };
type Contender = "product warm" | "product cold" | "SDK sequential" | "SDK by prefix";
type Run = Cost & { requests: number };
export type Figures = Run & { scenario: string; contender: Contender; pages: number; boundMs: number };

const SCENARIOS: readonly Scenario[] = [
  {
    name: "200k keys, 80 ms",
    keys: 200_000,
    latencyMs: 80,
    contenders: ["product warm", "product cold", "SDK sequential", "SDK by prefix"],
  },
  { name: "1M keys, 30 ms", keys: 1_000_000, latencyMs: 30, contenders: ["product warm", "product cold"] },
  { name: "1,000 keys, 30 ms", keys: 1_000, latencyMs: 30, contenders: ["product warm", "product cold"] },
];

const server = await startVirtualS3();
const product = createProduct({ pagesPerBucket: IN_FLIGHT });
try {
  const { url } = server;
  const client = createClient(url);
  // Code that was never run is slow; nobody's first page should pay for it.
  await server.serve({ keys: 20_000 });
  for (let i = 0; i < 3; i += 1) await listWithProduct(product, { url, known: knownLocks(20_000) });
  await listSequentially(client);

  const wanted = SCENARIOS.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const figures: Figures[] = [];
  for (const scenario of wanted) figures.push(...(await runScenario({ client, product }, server, scenario)));
  const more: Bar[] = [];
  for (const [name, run] of [
    ["SlowDown", () => runSlowDown(server)],
    ["memory", () => measureMemory(url, server.serve)],
    ["tables", measureTables],
    ["refresh", measureRefresh],
  ] as const) {
    if (values.only === undefined || values.only === name) more.push(...(await run()));
  }
  report(figures, [...checkBars(figures), ...more]);
} finally {
  await product.close();
  server.stop();
}

/** Lets all contenders run in turns, so that a change of the machine's mood meets all of them. */
async function runScenario(
  { client, product }: { client: S3Client; product: ThreadedScanner },
  virtual: VirtualProcess,
  scenario: Scenario,
): Promise<Figures[]> {
  const { name, keys, latencyMs } = scenario;
  const known = knownLocks(keys);
  const sweep = { url: virtual.url, known };
  const runs = new Map(scenario.contenders.map((contender) => [contender, [] as Run[]]));
  await virtual.serve({ keys });
  let { memory } = await listWithProduct(product, sweep);
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const [contender, done] of runs) {
      await virtual.serve({ keys, latencyMs });
      const { result, ...cost } = await measure(async () => {
        if (contender === "SDK sequential") return listSequentially(client);
        if (contender === "SDK by prefix") return listByPrefix(client);
        const found = await listWithProduct(product, contender === "product warm" ? { ...sweep, memory } : sweep);
        if (contender === "product warm") memory = found.memory;
        return found.locks;
      });
      checkLocks(`${name}, ${contender}`, result, known);
      done.push({ ...cost, requests: (await virtual.counts()).requests });
    }
  }
  const pages = Math.ceil(keys / PAGE_KEYS);
  const boundMs = Math.ceil(pages / IN_FLIGHT) * latencyMs;
  return [...runs].map(([contender, done]) => ({
    scenario: name,
    contender,
    pages,
    boundMs,
    wallMs: median(done.map((run) => run.wallMs)),
    cpuMs: median(done.map((run) => run.cpuMs)),
    lagMs: median(done.map((run) => run.lagMs)),
    requests: median(done.map((run) => run.requests)),
  }));
}

/** A bucket that takes 200 requests a second, while pages come short and empty too. */
async function runSlowDown(virtual: VirtualProcess): Promise<Bar[]> {
  const keys = 1_000_000;
  const known = knownLocks(keys);
  // One that knows nothing of the bucket yet, and may have as many requests in flight as it usually has.
  const product = createProduct();
  await virtual.serve({ keys, latencyMs: 30, shortPageEvery: 5, emptyPageEvery: 7, requestsPerSecond: 200 });
  const { locks } = await listWithProduct(product, { url: virtual.url, known }).finally(product.close);
  checkLocks("SlowDown", locks, known);
  const { requestsLate, rejectedLate } = await virtual.counts();
  const share = requestsLate === 0 ? 0 : rejectedLate / requestsLate;
  return [
    { name: "SlowDown above 200 requests/s: rejected after the first 2 s", value: share * 100, most: 5, unit: "%" },
  ];
}

function checkLocks(who: string, found: readonly string[], known: readonly { location: string }[]): void {
  const expected = known.map(({ location }) => location).sort();
  const sorted = found.toSorted();
  if (sorted.length === expected.length && sorted.every((key, index) => key === expected[index])) return;
  throw new Error(`${who}: found ${found.length} locks, not the ${expected.length} that are there.`);
}

function report(figures: readonly Figures[], bars: readonly Bar[]): void {
  const rows = figures.map((run) => [
    run.scenario,
    run.contender,
    `${(run.wallMs / 1000).toFixed(2)} s`,
    (run.wallMs / run.boundMs).toFixed(2),
    String(run.requests),
    (run.requests / run.pages).toFixed(3),
    `${(run.cpuMs / run.requests).toFixed(2)} ms`,
    `${run.lagMs.toFixed(1)} ms`,
  ]);
  const head = [
    "bucket",
    "contender",
    "wall",
    "wall ÷ bound",
    "requests",
    "requests ÷ least",
    "CPU a request",
    "p99 lag",
  ];
  const text = [
    `Medians of ${REPEATS} runs in turns, ${IN_FLIGHT} requests in flight. Bound: the pages' latency alone. Least: one request a page.`,
    formatTable(head, rows),
    formatBars(bars),
  ].join("\n\n");
  process.stdout.write(`${text}\n`);
  if (values.only === undefined) {
    mkdirSync(new URL("./results", import.meta.url), { recursive: true });
    writeFileSync(new URL("./results/listing.md", import.meta.url), `# Listing\n\n${text}\n`);
  }
  if (bars.some(({ value, most }) => value > most)) process.exitCode = 1;
}
