import { execFile } from "node:child_process";
import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type Bar, formatBars } from "#bench/bars.ts";
import { formatTable } from "#bench/measure.ts";
import { PAYMENTS, startWorld } from "#e2e/world.ts";
import { startPostgres } from "#scripts/postgres.mjs";

/**
 * The built product while somebody floods its sign-in (autocannon, a process of its own on the same machine): whether the limits
 * hold, and how long a health check takes. `npm run bench:sign-in`, after `npm run build`.
 */
const FLOOD_S = 10;
const START_MS = 12_000;
const WARM_MS = 2_000;
const HEALTH_EVERY_MS = 50;
const HEALTH_MS_MAX = 100;
const FLOODED = "/api/v1/sign-in/password";
const AUTOCANNON = "node_modules/autocannon/autocannon.js";
/** What one account and one network may try in a minute (docs/access.md). */
const OF_ACCOUNT = 5;
const OF_NETWORK = 30;

type Flood = { readonly name: string; readonly flags: readonly string[]; readonly email: string };

/** autocannon puts another value there with each request. */
const EACH_OTHER = "[<id>]@acme.com";
const FLOODS: readonly Flood[] = [
  { name: "20 connections, 50/s, one account", flags: ["-c", "20", "-R", "50"], email: "flooded@acme.com" },
  { name: "10 connections, as fast as they can", flags: ["-c", "10"], email: "hammered@acme.com" },
  { name: "100 connections, as fast as they can", flags: ["-c", "100"], email: "swamped@acme.com" },
  { name: "20 connections, each another account", flags: ["-c", "20", "-I"], email: EACH_OTHER },
];
const rows: string[][] = [];
const bars: Bar[] = [];
rows.push(["nobody signs in", ...(await measureFlood(null)).cells]);
for (const flood of FLOODS) {
  const { cells, p99Ms, tried } = await measureFlood(flood);
  rows.push([flood.name, ...cells]);
  bars.push({ name: `${flood.name}: health, p99`, value: p99Ms, most: HEALTH_MS_MAX, unit: "ms" });
  const most = flood.email === EACH_OTHER ? OF_NETWORK : OF_ACCOUNT;
  bars.push({ name: `${flood.name}: passwords compared`, value: tried, most, unit: "" });
}
const head = ["flood", "answers", "health p50", "p90", "p99", "longest"];
process.stdout.write(`${formatTable(head, rows)}\n\n${formatBars(bars)}\n`);
if (bars.some(({ value, most }) => value > most)) process.exitCode = 1;

/** Each on a product and a database of its own: the limits remember. */
async function measureFlood(flood: Flood | null) {
  const postgres = await startPostgres({ isDurable: true });
  try {
    return await measureOn(postgres && { DATABASE_URL: postgres.url }, flood);
  } finally {
    await postgres?.stop();
  }
}

async function measureOn(store: { readonly DATABASE_URL: string } | null, flood: Flood | null) {
  const world = await startWorld({
    accounts: [PAYMENTS],
    access: { mode: "password", freshSignIn: "5m" },
    env: { ...store, LOCKKEEPER_SECRET: "x".repeat(40) },
  });
  try {
    const { url } = world.product;
    // Both routes are loaded, and what a start has to do is over.
    await postAttempt(url);
    await pause(START_MS);
    await watchHealth(url, AbortSignal.timeout(WARM_MS));
    const over = new AbortController();
    const health = watchHealth(url, over.signal);
    const answers = flood === null ? {} : await runFlood(url, flood);
    if (flood === null) await pause(FLOOD_S * 1000);
    over.abort();
    const tookMs = (await health).toSorted((a, b) => a - b);
    const at = (part: number) => tookMs[Math.ceil(tookMs.length * part) - 1] ?? 0;
    const told = Object.entries(answers).map(([status, { count }]) => `${count} × ${status}`);
    const times = [0.5, 0.9, 0.99, 1].map((part) => `${at(part).toFixed(0)} ms`);
    return { cells: [told.join(", "), ...times], p99Ms: at(0.99), tried: answers["401"]?.count ?? 0 };
  } finally {
    await world.close();
  }
}

/** One that is refused after all that an attempt takes. */
async function postAttempt(url: string): Promise<void> {
  const headers = { "content-type": "application/json", origin: url };
  const body = JSON.stringify({ email: "earlier@acme.com", password: "wrong-password-here" });
  const answer = await fetch(`${url}${FLOODED}`, { method: "POST", headers, body });
  if (answer.status !== 401) throw new Error(`signing in answered ${answer.status}`);
}

type Answers = Readonly<Record<string, { readonly count: number }>>;

async function runFlood(url: string, { flags, email }: Flood): Promise<Answers> {
  const body = JSON.stringify({ email, password: "wrong-password-here" });
  const common = ["-j", "-n", "-d", String(FLOOD_S), "-m", "POST", "-H", "content-type=application/json"];
  const args = [AUTOCANNON, ...common, "-H", `origin=${url}`, "-b", body, ...flags, `${url}${FLOODED}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return (JSON.parse(stdout) as { statusCodeStats: Answers }).statusCodeStats;
}

/** One health check after the other by the clock, whether the one before was answered or not, each on a connection of its own. */
async function watchHealth(url: string, over: AbortSignal): Promise<readonly number[]> {
  const asked: Promise<number>[] = [];
  while (!over.aborted) {
    asked.push(timeHealth(url));
    await pause(HEALTH_EVERY_MS);
  }
  return Promise.all(asked);
}

function timeHealth(url: string): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    get(`${url}/healthz`, { agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`/healthz answered ${response.statusCode}`));
      response.resume().once("end", () => resolve(performance.now() - startedMs));
    }).once("error", reject);
  });
}
