import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Bar, formatBars } from "#bench/bars.ts";
import { type Product, startProduct } from "#e2e/product.ts";
import { startPostgres } from "#scripts/postgres.mjs";
import type { FleetCounts, FleetSettings } from "./virtual-accounts.ts";

/**
 * The built product over fifty accounts with four sources each and 10,000 locks in all: how long a round takes, how the list
 * API answers meanwhile, and when two hundred open pages learn of a change. `npm run bench:fleet`, after `npm run build`.
 * `--embedded` uses the database that needs no server.
 */
const { values } = parseArgs({ options: { embedded: { type: "boolean", default: false } } });
const ACCOUNTS = 50;
const BUCKETS_EACH = 3;
const LOCKS_EACH = 50;
const SOURCES = ACCOUNTS * (BUCKETS_EACH + 1);
const LATENCY_MS = 20;
const VIEWERS = 200;
const ASK_EVERY_MS = 100;
const ROUNDS = 5;
const FIRST_ROUND_MS_MAX = 180_000;

type Fleet = {
  url: string;
  set: (settings: Partial<FleetSettings>) => Promise<void>;
  counts: () => Promise<FleetCounts>;
  stop: () => void;
};

const fleet = await startFleet();
const postgres = values.embedded ? null : await startPostgres({ isDurable: true });
const folder = mkdtempSync(join(tmpdir(), "lockkeeper-fleet-"));
const lagFile = join(folder, "lag.jsonl");
let product: Product | null = null;
try {
  await fleet.set({});
  writeFileSync(lagFile, "");
  writeFileSync(join(folder, "lockkeeper.yaml"), writeConfig(fleet.url));
  const startedMs = performance.now();
  product = await startProduct({
    configFile: join(folder, "lockkeeper.yaml"),
    dataDir: join(folder, "data"),
    env: {
      AWS_ACCESS_KEY_ID: "AKIAFLEET",
      AWS_SECRET_ACCESS_KEY: "fleet",
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, "lag-probe.mjs"))}`,
      LOCKKEEPER_LAG_FILE: lagFile,
      ...(postgres === null ? {} : { DATABASE_URL: postgres.url }),
    },
  });
  const readyMs = performance.now() - startedMs;
  await untilSwept(product.url);
  const firstRoundMs = performance.now() - startedMs - readyMs;

  const round = await measureRounds(product.url);
  const news = await measureNews(product.url);
  const hanging = await measureHanging(product.url);
  const counts = await fleet.counts();
  if (counts.writes > 0) throw new Error("Something was written to AWS.");

  const bars: Bar[] = [
    { name: "first round from nothing, 10,000 bodies", value: firstRoundMs / 1000, most: 30, unit: "s" },
    { name: "a round in which nothing changed, the slowest of five", value: round.wallMs / 1000, most: 30, unit: "s" },
    { name: "list API during rounds, p50", value: percentile(round.askedMs, 50), most: 150, unit: "ms" },
    { name: "list API during rounds, p95", value: percentile(round.askedMs, 95), most: 150, unit: "ms" },
    { name: "event loop of the web during rounds, p99", value: round.lagMs, most: 20, unit: "ms" },
    { name: `${VIEWERS} open pages know of a new lock, the last of them`, value: news / 1000, most: 2, unit: "s" },
    { name: "a round while one bucket hangs: the others", value: hanging / 1000, most: 30, unit: "s" },
  ];
  process.stdout.write(
    `${ACCOUNTS} accounts, ${SOURCES} sources, ${SOURCES * LOCKS_EACH} locks, ${LATENCY_MS} ms; ${postgres === null ? "embedded database" : "PostgreSQL"}; ready after ${(readyMs / 1000).toFixed(1)} s\n\n${formatBars(bars)}\n`,
  );
  if (bars.some(({ value, most }) => value > most)) process.exitCode = 1;
} catch (error) {
  process.stderr.write(product?.log().slice(-4000) ?? "");
  throw error;
} finally {
  await product?.stop();
  await postgres?.stop();
  fleet.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Until every source was swept and every lock is in the list, which must be exactly those that are there. */
async function untilSwept(url: string): Promise<void> {
  const untilMs = performance.now() + FIRST_ROUND_MS_MAX;
  for (;;) {
    const { sources, counts } = await askList(url);
    if (sources.every(({ status }) => status === "ok") && counts.total === SOURCES * LOCKS_EACH) return;
    const bad = sources.find(({ status }) => status === "error");
    if (bad !== undefined) throw new Error(`A source failed: ${JSON.stringify(bad)}`);
    if (performance.now() > untilMs) throw new Error(`After a long time only ${counts.total} locks are known.`);
    await pause(200);
  }
}

type List = { sources: { id: string; status: string }[]; counts: { total: number } };

async function askList(url: string): Promise<List> {
  const answer = await fetch(`${url}/api/v1/locks?limit=1`);
  const body: List = JSON.parse(await answer.text());
  return body;
}

/** The slowest of some rounds, one after the other, and every answer of the list meanwhile. */
async function measureRounds(url: string): Promise<{ wallMs: number; askedMs: number[]; lagMs: number }> {
  await pause(3000);
  const fromMs = Date.now();
  const wallMs: number[] = [];
  const askedMs: number[] = [];
  let isOver = false;
  const rounds = (async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedMs = performance.now();
      await scan(url, null);
      wallMs.push(performance.now() - startedMs);
    }
  })().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const askedAtMs = performance.now();
    await fetch(`${url}/api/v1/locks`).then((answer) => answer.arrayBuffer());
    askedMs.push(performance.now() - askedAtMs);
    await pause(ASK_EVERY_MS);
  }
  await rounds;
  return { wallMs: Math.max(...wallMs), askedMs, lagMs: lagBetween(fromMs, Date.now()) };
}

/** The worst second's p99 would punish one pause; the median of the seconds' p99 says how it usually is. */
function lagBetween(fromMs: number, toMs: number): number {
  const lines: { atMs: number; p99Ms: number }[] = readFileSync(lagFile, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const within = lines.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs + 1000).map(({ p99Ms }) => p99Ms);
  return percentile(within, 50);
}

/** From asking for a sweep of the bucket that has a new lock until the last of all viewers was told its path. */
async function measureNews(url: string): Promise<number> {
  const bucket = "fleet-00-0";
  const path = `${bucket}/live/${String(LOCKS_EACH).padStart(4, "0")}/terraform.tfstate`;
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => openViewer(url, path)));
  await fleet.set({ grown: bucket });
  const startedMs = performance.now();
  await scan(url, `s3:account-00:eu-west-1:${bucket}`);
  const toldMs = await Promise.race([
    Promise.all(viewers.map(({ told }) => told)).then((times) => Math.max(...times)),
    pause(30_000).then(() => Number.POSITIVE_INFINITY),
  ]);
  for (const { close } of viewers) close();
  return toldMs - startedMs;
}

type Viewer = { told: Promise<number>; close: () => void };

function openViewer(url: string, path: string): Promise<Viewer> {
  return new Promise((resolve, reject) => {
    const { promise: told, resolve: tell } = Promise.withResolvers<number>();
    const request = get(`${url}/api/v1/locks/events`, { agent: false }, (answer) => {
      let tail = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        tail = (tail + chunk).slice(-20_000);
        if (tail.includes(path)) tell(performance.now());
      });
      if (answer.statusCode !== 200) reject(new Error(`A viewer was answered ${answer.statusCode}.`));
      else resolve({ told, close: () => request.destroy() });
    });
    request.on("error", (error) => reject(error));
  });
}

/** How long all sources but the hanging one take to be fresh. */
async function measureHanging(url: string): Promise<number> {
  await fleet.set({ hanging: "fleet-01-0" });
  const sinceMs = Date.now();
  const startedMs = performance.now();
  await fetch(`${url}/api/v1/scans`, post({}));
  for (;;) {
    const answer: { sources: { name: string; lastScanAt: string | null }[] } = JSON.parse(
      await (await fetch(`${url}/api/v1/locks?limit=1`)).text(),
    );
    const late = answer.sources.filter(
      ({ name, lastScanAt }) => name !== "fleet-01-0" && Date.parse(lastScanAt ?? "") < sinceMs - 1000,
    );
    if (late.length === 0) return performance.now() - startedMs;
    if (performance.now() - startedMs > FIRST_ROUND_MS_MAX) return Number.POSITIVE_INFINITY;
    await pause(200);
  }
}

async function scan(url: string, source: string | null): Promise<void> {
  const answer = await fetch(`${url}/api/v1/scans`, post({ wait: true, ...(source === null ? {} : { source }) }));
  if (answer.status !== 200) throw new Error(`The scan was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

function post(body: object): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function writeConfig(url: string): string {
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => {
    const number = String(index).padStart(2, "0");
    const buckets = Array.from({ length: BUCKETS_EACH }, (__, bucket) => `      - name: fleet-${number}-${bucket}`);
    return [
      `  - name: account-${number}`,
      `    id: "1111222233${number}"`,
      "    region: eu-west-1",
      `    endpoints: { s3: "${url}", dynamodb: "${url}" }`,
      "    buckets:",
      ...buckets,
      "    tables:",
      `      - name: fleet-${number}-locks`,
    ].join("\n");
  });
  return `scan:\n  every: 24h\naccounts:\n${accounts.join("\n")}\n`;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

async function startFleet(): Promise<Fleet> {
  const child: ChildProcess = fork(new URL("./virtual-accounts.ts", import.meta.url), { stdio: "inherit" });
  let onAnswer = Promise.withResolvers<{ url?: string; counts?: FleetCounts }>();
  child.on("message", (message: { url?: string; counts?: FleetCounts }) => onAnswer.resolve(message));
  child.once("exit", () => onAnswer.reject(new Error("The virtual accounts ended.")));
  const { url = "" } = await onAnswer.promise;
  const ask = async (settings?: FleetSettings) => {
    onAnswer = Promise.withResolvers();
    child.send({ settings });
    const { counts } = await onAnswer.promise;
    if (counts === undefined) throw new Error("The virtual accounts did not say what they counted.");
    return counts;
  };
  return {
    url,
    async set(settings) {
      await ask({ locksEach: LOCKS_EACH, latencyMs: LATENCY_MS, hanging: null, grown: null, ...settings });
    },
    counts: () => ask(),
    stop: () => child.disconnect(),
  };
}
