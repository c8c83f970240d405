import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { takeLock } from "#e2e/locks.ts";
import { fillDialog, openDialog } from "#e2e/unlock-dialog.ts";
import { PAYMENTS, PAYMENTS_BUCKET, startDemoWorld, startWorld, type World, type WorldOptions } from "#e2e/world.ts";
import { hostileBodies, hostileKeys } from "#lib/domain/testing/hostile-corpus.ts";
import { findChromium } from "./chromium.mjs";

const FOLDER = "docs/screenshots";
const WIDE = { viewport: { width: 1280, height: 800 } };
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { ...WIDE, colorScheme: "light" },
  dark: { ...WIDE, colorScheme: "dark" },
  narrow: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
};
/** The lock of the demo that a person would break: its runner died. */
const STALE = "checkout/prod/terraform.tfstate";
const MANY = 10_000;

type Shot = { readonly name: string; readonly look: string };

/** Takes every page in every look, so that a change can be judged by eye. Needs a build: npm run build. */
async function main(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    await withWorld(startDemoWorld(), (world) => takeDemo(browser, world));
    await withWorld(startWorld(), (world) => takeList(browser, world, { name: "empty", look: "light" }));
    await withWorld(startWorld(UNREADABLE), async (world) => {
      await takeList(browser, world, { name: "failing", look: "light" });
      await takeList(browser, world, { name: "failing", look: "narrow" });
    });
    await withWorld(startWorld(), (world) => takeHostile(browser, world));
    await withWorld(startWorld(), (world) => takeMany(browser, world));
  } finally {
    await browser.close();
  }
}

const UNREADABLE: WorldOptions = {
  accounts: [PAYMENTS],
  prepare: (sandbox) =>
    sandbox.addFault({
      match: { operation: ["ListObjectsV2", "Scan"] },
      effect: { kind: "status", status: 403, code: "AccessDenied" },
    }),
};

async function withWorld(starting: Promise<World>, take: (world: World) => Promise<void>): Promise<void> {
  const world = await starting;
  try {
    await world.api.scan();
    await take(world);
  } finally {
    await world.close();
  }
}

async function takeDemo(browser: Browser, world: World): Promise<void> {
  const record = await unlockOne(world);
  for (const look of Object.keys(LOOKS)) {
    await takeList(browser, world, { name: "locks", look });
    const lock = await world.api.lockAt(STALE);
    await withPage(browser, world, look, async (page) => {
      await page.goto(`/locks/${lock.key}`);
      await save(page, { name: "lock", look });
      const dialog = await openDialog(page, lock);
      await fillDialog(dialog, {
        lockId: lock.lockId,
        stateKey: lock.stateKey,
        reason: "The runner is gone, see the incident.",
      });
      await save(page, { name: "dialog", look });
      for (const name of ["unlocks", "audit", "sources"]) {
        await page.goto(`/${name}`);
        await save(page, { name, look });
      }
      await page.goto(`/unlocks/${record}`);
      await save(page, { name: "record", look });
    });
  }
}

async function unlockOne(world: World): Promise<string> {
  const lock = (await world.api.locks()).find(({ status, stateKey }) => status === "held" && stateKey !== STALE);
  if (lock === undefined) throw new Error("The demo has no held lock.");
  const { key, lockId, fingerprint } = lock;
  return (await world.api.unlock({ key, lockId, fingerprint, reason: "The runner is gone, see the incident." })).body
    .id;
}

async function takeHostile(browser: Browser, world: World): Promise<void> {
  for (const { name, bytes } of hostileBodies) world.sandbox.putObject(PAYMENTS_BUCKET, `${name}.tflock`, bytes);
  for (const { key } of hostileKeys) world.sandbox.putObject(PAYMENTS_BUCKET, `${key}.tflock`, "{}");
  await world.api.scan();
  await takeList(browser, world, { name: "hostile", look: "light" });
  const { key } = await world.api.lockAt("H01-script-in-every-field");
  await withPage(browser, world, "light", async (page) => {
    await page.goto(`/locks/${key}`);
    await save(page, { name: "hostile-lock", look: "light" });
  });
}

async function takeMany(browser: Browser, world: World): Promise<void> {
  for (let index = 0; index < MANY; index += 1) {
    const stateKey = `team-${index % 97}/service-${index}/terraform.tfstate`;
    await takeLock(world, { stateKey, who: `runner@gha-${index}`, ageMs: (index % 5_000) * 60_000 });
  }
  await world.api.scan();
  await takeList(browser, world, { name: "many", look: "light" });
}

async function takeList(browser: Browser, world: World, shot: Shot): Promise<void> {
  await withPage(browser, world, shot.look, async (page) => {
    await page.goto("/");
    await save(page, shot);
  });
}

async function withPage(
  browser: Browser,
  world: World,
  look: string,
  take: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    ...LOOKS[look],
    baseURL: world.product.url,
    locale: "en-GB",
    timezoneId: "UTC",
  });
  await take(await context.newPage());
  await context.close();
}

async function save(page: Page, { name, look }: Shot): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(FOLDER, `${name}-${look}.png`), animations: "disabled", caret: "hide" });
}

await main();
