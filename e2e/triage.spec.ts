import type { Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { hasS3Half, takeLock } from "./locks.ts";

const test = testIn();

test("from the list to a released lock with the keyboard alone", async ({ world, page }) => {
  const stateKey = "triage/network.tfstate";
  const lockId = await takeLock(world, { stateKey, who: "runner@gha-7f2", ageMs: 3 * 3_600_000 });
  await takeLock(world, { stateKey: "triage/other.tfstate", who: "bob@laptop" });
  await world.api.scan();
  const { keyboard } = page;
  await page.goto("/");

  await untilListening(page);
  await keyboard.type("network");
  await expect(page.getByRole("link", { name: /other/ })).toBeHidden();
  await keyboard.press("Escape");
  await expect(page.getByRole("link", { name: /other/ })).toBeVisible();
  await keyboard.press("Escape");
  await keyboard.press("j");
  await keyboard.press("j");
  await keyboard.press("k");
  await expect(page.getByRole("link", { name: new RegExp(stateKey) })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page).toHaveURL(/\/locks\//);
  await expect(page.getByText("runner@gha-7f2").first()).toBeVisible();

  await keyboard.press("u");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("textbox", { name: /reason/i })).toBeFocused();
  await keyboard.type("The runner was shut down in the middle.");
  await keyboard.press("Tab");
  await keyboard.type(lockId.slice(0, 8));
  await keyboard.press("Enter");

  await expect(dialog).toContainText(/released/i);
  await expect(dialog.getByRole("link", { name: /record/i })).toHaveAttribute("href", /\/unlocks\//);
  expect(hasS3Half(world, stateKey)).toBe(false);
  expect((await world.api.unlocks()).map(({ outcome }) => outcome)).toEqual(["released"]);
});

test("Enter in the search goes on to the first match and keeps the filter", async ({ world, page }) => {
  await takeLock(world, { stateKey: "search/alpha.tfstate" });
  await takeLock(world, { stateKey: "search/omega.tfstate" });
  await world.api.scan();
  const { keyboard } = page;
  const search = page.getByRole("searchbox");
  await page.goto("/");

  await untilListening(page);
  await keyboard.type("omega");
  await keyboard.press("Enter");

  await expect(page.getByRole("link", { name: /omega/ })).toBeFocused();
  await expect(search).toHaveValue("omega");
  await expect(page.getByRole("link", { name: /alpha/ })).toBeHidden();
  await expect(page).toHaveURL(/\/\?q=omega$/);

  await keyboard.press("/");
  await keyboard.press("Enter");
  await expect(page.getByRole("link", { name: /omega/ })).toBeFocused();
  await keyboard.press("/");
  await keyboard.type("search/alpha");
  await expect(search, "the list takes no focus that nobody gave it").toBeFocused();
  await expect(page.getByRole("link", { name: /alpha/ })).toBeVisible();
});

/** Presses `/` until the page has come alive and gives the search the focus. */
async function untilListening(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox")).toBeFocused({ timeout: 250 });
  }).toPass();
}
