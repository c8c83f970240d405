import { mkdirSync, rmSync } from "node:fs";
import { type Browser, chromium, type Page } from "@playwright/test";
import { takeManyLocks } from "#e2e/page-size.ts";
import { fillDialog, openDialog } from "#e2e/unlock-dialog.ts";
import { PAYMENTS, PAYMENTS_BUCKET, startDemoWorld, startWorld, type World, type WorldOptions } from "#e2e/world.ts";
import { hostileBodies, hostileKeys } from "#lib/domain/testing/hostile-corpus.ts";
import { findChromium } from "./chromium.mjs";
import { ALL_LOOKS, FOLDER, type Shot, save, takePage, withPage, withWorld } from "./screenshots/camera.ts";
import { takeSecondPerson } from "./screenshots/second-person.ts";
import { takeSignIn } from "./screenshots/sign-in.ts";
import { takeTrail } from "./screenshots/trail.ts";
import { takeUndo } from "./screenshots/undo.ts";

const REFRESHED_MS_MAX = 40_000;

/** The lock of the demo that a person would break: its runner died. */
const STALE = "checkout/prod/terraform.tfstate";

const GROUPS: Readonly<Record<string, (browser: Browser) => Promise<void>>> = {
  demo: (browser) => withWorld(startDemoWorld(), (world) => takeDemo(browser, world)),
  empty: (browser) => withWorld(startWorld(), (world) => takeList(browser, world, { name: "empty", look: "light" })),
  failing: (browser) =>
    withWorld(startWorld(UNREADABLE), async (world) => {
      await takeList(browser, world, { name: "failing", look: "light" });
      await takeList(browser, world, { name: "failing", look: "narrow" });
    }),
  hostile: (browser) => withWorld(startWorld(), (world) => takeHostile(browser, world)),
  many: (browser) => withWorld(startWorld(), (world) => takeMany(browser, world)),
  big: (browser) => withWorld(startWorld(BIG), (world) => takeBig(browser, world)),
  "sign-in": takeSignIn,
  "second-person": takeSecondPerson,
  undo: takeUndo,
  trail: takeTrail,
};

/**
 * Takes every page in every look, so that a change can be judged by eye; or only the groups that are named. Needs a build:
 * npm run build.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  if (wanted.length === 0) rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    for (const [name, take] of Object.entries(GROUPS)) {
      if (wanted.length === 0 || wanted.includes(name)) await take(browser);
    }
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

/** A bucket whose sweep takes so many pages that it is refreshed between two. */
const BIG: WorldOptions = {
  accounts: [PAYMENTS],
  scanEvery: "5s",
  prepare(sandbox) {
    sandbox.setListing({ maxKeys: 10 });
    for (let index = 0; index < 1_000; index += 1) {
      sandbox.putObject(PAYMENTS_BUCKET, `logs/${String(index).padStart(4, "0")}.txt`, "x");
    }
    sandbox.putObject(PAYMENTS_BUCKET, "network/terraform.tfstate", "{}");
  },
};

async function takeBig(browser: Browser, world: World): Promise<void> {
  const prepare = async (page: Page) => {
    await page.getByText("Scan to sweep now").waitFor({ timeout: REFRESHED_MS_MAX });
  };
  await takePage(browser, world, { name: "sources-big", looks: ["light", "narrow"], path: "/sources", prepare });
  await takeList(browser, world, { name: "locks-big-empty", look: "light" });
}

async function takeDemo(browser: Browser, world: World): Promise<void> {
  await unlockOne(world);
  const lock = await world.api.lockAt(STALE);
  await takePage(browser, world, { name: "locks", looks: ALL_LOOKS, path: "/" });
  await takePage(browser, world, { name: "lock", looks: ALL_LOOKS, path: `/locks/${lock.key}` });
  for (const name of ["unlocks", "sources"]) {
    await takePage(browser, world, { name, looks: ALL_LOOKS, path: `/${name}` });
  }
  for (const look of ALL_LOOKS) {
    await withPage(browser, world, look, async (page) => {
      const dialog = await openDialog(page, lock);
      await fillDialog(dialog, {
        lockId: lock.lockId,
        stateKey: lock.stateKey,
        reason: "The runner is gone, see the incident.",
      });
      await save(page, { name: "dialog", look });
    });
  }
}

async function unlockOne(world: World): Promise<void> {
  const lock = (await world.api.locks()).find(({ status, stateKey }) => status === "held" && stateKey !== STALE);
  if (lock === undefined) throw new Error("The demo has no held lock.");
  const { key, lockId, fingerprint } = lock;
  await world.api.unlock({ key, lockId, fingerprint, reason: "The runner is gone, see the incident." });
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
  await takeManyLocks(world);
  for (const look of ALL_LOOKS) await takeList(browser, world, { name: "many", look });
}

async function takeList(browser: Browser, world: World, shot: Shot): Promise<void> {
  await withPage(browser, world, shot.look, async (page) => {
    await page.goto("/");
    await save(page, shot);
  });
}

await main();
