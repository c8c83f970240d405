import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { type Bar, formatBars } from "#bench/bars.ts";
import { formatTable, median } from "#bench/measure.ts";
import { MANY, takeManyLocks, weighPage } from "#e2e/page-size.ts";
import { startWorld, type World } from "#e2e/world.ts";
import { findOrInstallChromium } from "#scripts/chromium.mjs";

/**
 * The page of the built product with 10,000 locks, in Chromium: how much it weighs, and how soon it paints what came or what
 * was asked of it. Medians of five. `npm run bench:page`, after `npm run build`.
 */
const REPEATS = 5;

type Times = { data: number; filter: number; clear: number; sort: number; nodes: number };

const world = await startWorld();
let browser: Browser | null = null;
try {
  await takeManyLocks(world);
  const executablePath = findOrInstallChromium();
  browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  await measurePage(browser, world);
  const runs: Times[] = [];
  for (let run = 0; run < REPEATS; run += 1) runs.push(await measurePage(browser, world));
  const { htmlBytes, scriptBytes } = await weighPage(`${world.product.url}/`);
  const middle = (name: keyof Times) => median(runs.map((run) => run[name]));
  const bars: Bar[] = [
    { name: "from the last byte of the rows to paint", value: middle("data"), most: 200, unit: "ms" },
    { name: "from a key in the search to paint", value: middle("filter"), most: 50, unit: "ms" },
    { name: "from Escape in the search to paint", value: middle("clear"), most: 50, unit: "ms" },
    { name: "from a click on a column to paint", value: middle("sort"), most: 50, unit: "ms" },
    { name: "nodes in the document", value: middle("nodes"), most: 800, unit: "" },
    { name: "scripts of the first load, gzip", value: scriptBytes / 1000, most: 170, unit: "kB" },
    { name: "HTML, gzip", value: htmlBytes / 1000, most: 30, unit: "kB" },
  ];
  const each = runs.map((run, index) => [`${index + 1}`, ...Object.values(run).map((value) => value.toFixed(0))]);
  process.stdout.write(`${MANY} locks, 1280 × 800\n\n${formatBars(bars)}\n\n`);
  process.stdout.write(`${formatTable(["run", "data", "filter", "clear", "sort", "nodes"], each)}\n`);
  if (bars.some(({ value, most }) => value > most)) process.exitCode = 1;
} finally {
  await browser?.close();
  await world.close();
}

/** One visit, with a browser that has nothing of the page yet. */
async function measurePage(browser: Browser, { product }: World): Promise<Times> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(installProbe);
    await page.goto(`${product.url}/`);
    const data = await untilRows(page, MANY, "responseEnd");
    await page.waitForLoadState("networkidle");
    const search = page.getByRole("searchbox");
    await search.focus();
    const typed = untilRows(page, 111, "key");
    await page.keyboard.type("service-77");
    const filter = await typed;
    const cleared = untilRows(page, MANY, "key");
    await page.keyboard.press("Escape");
    const clear = await cleared;
    const nodes = await countNodes(page);
    const sorted = page.evaluate(() => window.untilSorted());
    await page.getByRole("button", { name: "State path" }).click();
    return { data, filter, clear, sort: await sorted, nodes };
  } finally {
    await context.close();
  }
}

/** At the top, and where rows are drawn above and below the screen. */
async function countNodes(page: Page): Promise<number> {
  const top = await page.evaluate(() => document.querySelectorAll("*").length);
  await page.getByRole("grid").evaluate((grid) => grid.parentElement?.scrollTo(0, 100_000));
  await page.getByRole("row").filter({ visible: true }).nth(5).waitFor();
  return Math.max(top, await page.evaluate(() => document.querySelectorAll("*").length));
}

function untilRows(page: Page, count: number, since: "key" | "responseEnd"): Promise<number> {
  return page.evaluate(([rows, from]) => window.untilRows(rows, from), [count, since] as const);
}

declare global {
  interface Window {
    untilRows: (rows: number, since: "key" | "responseEnd") => Promise<number>;
    untilSorted: () => Promise<number>;
  }
}

/** Runs in the page: waits for a state of the grid, then for the paint that shows it, and tells how long that took. */
function installProbe(): void {
  let pressedAtMs = 0;
  for (const type of ["keydown", "click"]) {
    window.addEventListener(type, (event) => (pressedAtMs = event.timeStamp), { capture: true });
  }
  const grid = () => document.querySelector("[role=grid]");
  const painted = () =>
    new Promise<number>((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      }),
    );
  const until = async (isSo: () => boolean) => {
    if (!isSo()) {
      await new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (!isSo()) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true });
      });
    }
    return painted();
  };
  window.untilRows = async (rows, since) => {
    const atMs = await until(() => grid()?.getAttribute("aria-rowcount") === String(rows + 1));
    if (since === "key") return atMs - pressedAtMs;
    const entry = performance.getEntriesByType("resource").findLast(({ name }) => name.includes("/api/v1/locks/rows"));
    return atMs - (entry instanceof PerformanceResourceTiming ? entry.responseEnd : Number.NaN);
  };
  window.untilSorted = async () => {
    const atMs = await until(() => document.querySelector("th[aria-sort=ascending]") !== null);
    return atMs - pressedAtMs;
  };
}
