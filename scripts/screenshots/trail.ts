import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, Page } from "@playwright/test";
import { takeLock } from "#e2e/locks.ts";
import { PAYMENTS, startWorld, type World } from "#e2e/world.ts";
import { type Database, openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { tamper } from "#lib/adapters/db/testing/tamper.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { ALL_LOOKS, takePage, withWorld } from "./camera.ts";

const MANY = 10_000;
const LOOK_EVERY_MS = 200;
const UNTIL_MS_MAX = 60_000;
const NOBODY = "http://127.0.0.1:9/events";
/** What somebody might do who wants a removed lock to look like a refused one. */
const REWRITE = `UPDATE audit_event
  SET event = convert_to(replace(convert_from(event, 'UTF8'), '"outcome":"released"', '"outcome":"refused"'), 'UTF8')
  WHERE convert_from(event, 'UTF8') LIKE '%"outcome":"released"%database/prod%'`;
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The trail: verified, filtered, long, not delivered, and changed behind our back. */
export async function takeTrail(browser: Browser): Promise<void> {
  await withWorld(startWorld(), async (world) => {
    await fillTrail(world);
    await untilSigned(world);
    await takePage(browser, world, { name: "audit", looks: ALL_LOOKS, path: "/audit" });
    await takePage(browser, world, {
      name: "audit-open",
      looks: ALL_LOOKS,
      path: "/audit",
      prepare: openAll,
      isWhole: true,
    });
    const nothing = "/audit?actor=nobody&action=unlock.outcome&from=2026-01-01T00:00:00Z";
    await takePage(browser, world, {
      name: "audit-nothing",
      looks: ["light", "narrow"],
      path: nothing,
      prepare: openFilters,
    });

    await behindOurBack(world, (database) => tamper(database, [REWRITE]));
    await takePage(browser, world, { name: "audit-broken", looks: ALL_LOOKS, path: "/audit" });
  });
  const webhooks = [{ name: "siem", url: NOBODY, secrets: ["only-for-screenshots-000000"] }];
  await withWorld(startWorld({ accounts: [PAYMENTS], audit: { webhooks } }), async (world) => {
    await fillTrail(world);
    await takePage(browser, world, { name: "audit-late", looks: ["light"], path: "/audit", prepare: untilLate });
  });
  await withWorld(startWorld(), async (world) => {
    await behindOurBack(world, appendMany);
    await takePage(browser, world, { name: "audit-many", looks: ["light"], path: "/audit", prepare: untilVerified });
  });
}

async function fillTrail(world: World): Promise<void> {
  for (const name of ["network", "database", "dns"]) {
    const stateKey = `${name}/prod/terraform.tfstate`;
    await takeLock(world, { stateKey, mechanism: name === "dns" ? "both" : "s3", who: "runner@gha-7f2" });
    await world.api.scan();
    const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
    const wish = { key, lockId, fingerprint, reason: "The runner is gone, see the incident." };
    await world.api.unlock(wish);
    await world.api.unlock(wish);
  }
  await world.api.audit();
}

/** Looks until it is so; what never comes ends the run instead of holding it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadlineMs = Date.now() + UNTIL_MS_MAX; !(await isSo()); await pause(LOOK_EVERY_MS)) {
    if (Date.now() > deadlineMs) throw new Error(`It was not so within ${UNTIL_MS_MAX / 1000} s: ${isSo}`);
  }
}

/** A checkpoint is signed soon after an outcome. */
async function untilSigned(world: World): Promise<void> {
  await until(async () => (await fetch(`${world.product.url}/api/v1/audit/checkpoint`)).ok);
}

async function openAll(page: Page): Promise<void> {
  await page.getByText("How to verify it yourself").click();
  await page.getByRole("list", { name: "Audit events" }).locator("summary").nth(1).click();
}

async function openFilters(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /^Filters/ });
  if (await button.isVisible()) await button.click();
}

async function untilLate(page: Page): Promise<void> {
  await until(async () => {
    await page.reload();
    return page.getByText(/behind and took/).isVisible();
  });
}

async function untilVerified(page: Page): Promise<void> {
  await page.getByText(/^Verified up to event/).waitFor({ timeout: 60_000 });
}

/** Changes the product's database while it is down, as one who can write to it would. */
async function behindOurBack(
  world: World,
  change: (database: Database, dataDir: string) => Promise<void>,
): Promise<void> {
  const dataDir = join(world.folder, "data");
  await world.product.stop();
  const database = await openDatabase({ url: null, dataDir, migrationsDir: "prisma/migrations", log: QUIET });
  await change(database, dataDir);
  await database.close();
  await world.product.start();
}

async function appendMany(database: Database, dataDir: string): Promise<void> {
  const { audit } = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  for (let index = 0; index < MANY; index += 1) await audit.append(anEvent(index));
}

function anEvent(index: number): AuditEntry {
  const number = Math.floor(index / 2);
  const isIntent = index % 2 === 0;
  const outcome = isIntent ? "unknown" : number % 11 === 0 ? "changed" : "released";
  return {
    action: isIntent ? "unlock.intent" : "unlock.outcome",
    actor: { kind: "person", name: ["riley", "sam", "kim"][number % 3] ?? "", authenticatedBy: "local" },
    atMs: Date.now() - (MANY - index) * 60_000,
    requestId: null,
    unlockId: `01SCREENSHOT${number}`,
    details: {
      account: PAYMENTS.name,
      statePath: `acme-payments-tfstate/team-${number % 97}/service-${number}/terraform.tfstate`,
      reason: "The runner is gone, see the incident.",
      outcome,
      halves: [],
    },
  };
}
