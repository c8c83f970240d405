import type { Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { openDialog } from "./unlock-dialog.ts";
import type { World } from "./world.ts";

const test = testIn();

const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

const KEY = "accessibility/network.tfstate";
/** The time of an unlock of one half (15 s), and a busy machine. */
const UNDOABLE_MS_MAX = 60_000;

/** Unlocks that can be put back when their turn comes: their time passes while other pages are looked at. */
const undoable = new Map<string, string>();

test.beforeAll(async ({ world }) => {
  for (const { name } of LOOKS) undoable.set(name, await recordOf(world, `undoable-${name}`));
});
test.beforeEach(async ({ world }) => {
  await takeLock(world, { stateKey: KEY, who: "runner@gha-7f2", ageMs: 3 * 3_600_000 });
  await takeLock(world, { stateKey: "env:/dev/accessibility/pair.tfstate", mechanism: "both", who: "alice@laptop" });
  world.sandbox.putObject("acme-payments-tfstate", "accessibility/broken.tfstate.tflock", "{");
  await world.api.scan();
});

for (const { name, colorScheme, viewport } of LOOKS) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport });

    for (const path of ["/", "/unlocks", "/audit", "/sources", "/account"]) {
      test(`axe finds nothing on ${path}`, async ({ page, expectAccessible }) => {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expectAccessible();
        await expectNoSidewaysScroll(page);
      });
    }

    test("axe finds nothing on a lock, in its dialogs, on its record and in the trail", async ({
      world,
      page,
      expectAccessible,
    }) => {
      test.setTimeout(UNDOABLE_MS_MAX + 60_000);
      const lock = await world.api.lockAt(KEY);
      await page.goto(`/locks/${lock.key}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible();
      await expectNoSidewaysScroll(page);
      await openDialog(page, lock);
      await expectAccessible();
      const record = await recordOf(world, name);
      await page.goto(`/unlocks/${record}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("Not yet."), "it cannot be put back").toBeVisible();
      await expectAccessible();
      await expectNoSidewaysScroll(page);
      await page.goto(`/unlocks/${undoable.get(name)}`);
      await expect(page.getByRole("button", { name: /^Put back/ })).toBeVisible({ timeout: UNDOABLE_MS_MAX });
      await expectAccessible();
      await page.getByRole("button", { name: /^Put back/ }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectAccessible();
      await page.goto(`/audit?unlockId=${record}`);
      await page.getByRole("list", { name: "Audit events" }).locator("summary").first().click();
      await page.getByText("How to verify it yourself").click();
      await expectAccessible();
      await expectNoSidewaysScroll(page);
      await page.goto("/audit?actor=nobody&from=2026-01-01T00:00:00Z&to=soon");
      await expect(page.getByText("No event matches.")).toBeVisible();
      await expectAccessible();
      await expectNoSidewaysScroll(page);
    });
  });
}

async function recordOf(world: World, name: string): Promise<string> {
  const stateKey = `accessibility/record-${name}.tfstate`;
  await takeLock(world, { stateKey });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
  return (await world.api.unlock({ key, lockId, fingerprint, reason: "A record to look at." })).body.id;
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "the page scrolls down only").toBeLessThanOrEqual(0);
}
