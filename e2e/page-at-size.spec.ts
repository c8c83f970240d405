import type { Locator, Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { MANY, takeManyLocks, weighPage } from "./page-size.ts";
import { PAYMENTS_BUCKET } from "./world.ts";

const NODES_MAX = 800;
const SCRIPT_BYTES_MAX = 170_000;
const HTML_BYTES_MAX = 30_000;

const test = testIn();

test.beforeAll(async ({ world }) => {
  test.setTimeout(180_000);
  await takeManyLocks(world);
});

test("the page with ten thousand locks comes light and stays small", async ({ world, page, expectAccessible }) => {
  const { htmlBytes, scriptBytes } = await weighPage(`${world.product.url}/`);
  expect(htmlBytes, "bytes of the HTML").toBeLessThanOrEqual(HTML_BYTES_MAX);
  expect(scriptBytes, "bytes of the scripts that the HTML names").toBeLessThanOrEqual(SCRIPT_BYTES_MAX);

  const grid = await openList(page);
  expect(await countNodes(page), "nodes at the top").toBeLessThanOrEqual(NODES_MAX);
  await page.setViewportSize({ width: 1920, height: 1080 });
  await grid.evaluate((element) => element.parentElement?.scrollTo(0, 100_000));
  await expect(page.locator("[aria-rowindex='2800']")).toBeInViewport();
  expect(await countNodes(page), "nodes in the middle, on a large screen").toBeLessThanOrEqual(NODES_MAX);
  await expectAccessible();
});

test("the keys go through all rows, and each row says where it stands", async ({ page }) => {
  await openList(page);
  const { keyboard } = page;
  await press(page, "j", 2);
  await keyboard.press("End");
  await expect(page.locator("a:focus")).toBeInViewport();
  await expect(rowInFocus(page)).toHaveAttribute("aria-rowindex", String(MANY + 1));
  await keyboard.press("PageUp");
  await expect(page.locator("a:focus")).toBeInViewport();
  await expect(rowInFocus(page)).not.toHaveAttribute("aria-rowindex", String(MANY + 1));
  await keyboard.press("Home");
  await expect(rowInFocus(page)).toHaveAttribute("aria-rowindex", "2");
  await keyboard.press("ArrowDown");
  await expect(rowInFocus(page)).toHaveAttribute("aria-rowindex", "3");
});

test("a filter leaves what matches, offers what occurs, and is in the URL", async ({ page }) => {
  const grid = await openList(page);
  await page.getByRole("searchbox").fill("service-77");
  await expect(grid).toHaveAttribute("aria-rowcount", "112");
  await expect(page).toHaveURL(/\?q=service-77$/);

  const bucket = page.getByRole("combobox", { name: "Bucket" });
  await bucket.focus();
  await bucket.selectOption(PAYMENTS_BUCKET);
  await expect(page).toHaveURL(/bucket=acme-payments-tfstate/);
  await expect(grid).toHaveAttribute("aria-rowcount", "112");
  await page.getByRole("link", { name: "Lockkeeper" }).click();
  await expect(grid).toHaveAttribute("aria-rowcount", String(MANY + 1));
  await expect(page.getByRole("searchbox")).toHaveValue("");
});

test("focus and selection stay with their locks while the list changes and scrolls", async ({ world, page }) => {
  const grid = await openList(page);
  await press(page, "j", 3);
  await page.keyboard.press("x");
  const key = await rowInFocus(page).getAttribute("data-lock-key");
  const row = page.locator(`[data-lock-key="${key}"]`);
  await expect(row).toHaveAttribute("aria-selected", "true");

  world.sandbox.deleteObject(PAYMENTS_BUCKET, "team-0/service-0/terraform.tfstate.tflock");
  await takeLock(world, { stateKey: "late/one.tfstate" });
  await takeLock(world, { stateKey: "late/two.tfstate" });
  await world.api.scan();
  const pill = page.getByRole("button", { name: /2 new · 1 gone/ });
  await expect(pill).toBeVisible();
  await expect(grid).toHaveAttribute("aria-rowcount", String(MANY + 1));
  await expect(row.getByRole("link")).toBeFocused();

  await grid.evaluate((element) => element.parentElement?.scrollTo(0, 200_000));
  await expect(page.locator("[aria-rowindex='5565']")).toBeInViewport();
  await expect(row.getByRole("link"), "however far it is scrolled away").toBeFocused();

  await pill.click();
  await expect(grid).toHaveAttribute("aria-rowcount", String(MANY + 2));
  await expect(row.getByRole("link")).toBeFocused();
  await expect(row.getByRole("link")).toBeInViewport();
  await expect(row).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("region", { name: "Selection" })).toContainText("1 selected");
});

test("keys pressed before the palette has come are kept for it, and mean nothing else", async ({ page }) => {
  const late = await holdLateScripts(page);
  await openList(page);
  const { keyboard } = page;
  await untilPressed(page, "Control+k");
  await keyboard.type("sourx");
  await keyboard.press("Backspace");
  await keyboard.press("Enter");
  late.release();

  const input = page.getByRole("combobox", { name: "Go to" });
  await expect(input).toBeFocused();
  await expect(input).toHaveValue("sour");
  await keyboard.type("ces");
  await expect(input).toHaveValue("sources");
  await expect(page).toHaveURL(/\/$/);
});

test("a reason can be typed right after the key that asks for the unlock", async ({ page }) => {
  await openList(page);
  await press(page, "j", 2);
  await page.keyboard.press("u");
  await page.keyboard.type("The runner is gone.");

  await expect(page).toHaveURL(/\/locks\/\w+\?unlock=true$/);
  await expect(page.getByRole("textbox", { name: /reason/i })).toHaveValue("The runner is gone.");
});

test("no key is lost between the moment in which the dialog is drawn and that in which its field has the focus", async ({
  page,
}) => {
  await page.addInitScript(pressWhileOnItsWay);
  await openList(page);
  await press(page, "j", 2);
  const devtools = await page.context().newCDPSession(page);
  // So slow that the dialog is drawn in several turns, with keys between them.
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.keyboard.press("u");

  const field = page.getByRole("textbox", { name: /reason/i });
  await expect(field).toBeFocused();
  const pressed = await page.evaluate(() => document.documentElement.dataset["pressed"]);
  expect(Number(pressed)).toBeGreaterThan(0);
  await expect(field).toHaveValue(
    "abcdefghijklmnopqrstuvwxyz".repeat(1 + Number(pressed) / 26).slice(0, Number(pressed)),
  );
});

/** The list with all of its rows. */
async function openList(page: Page): Promise<Locator> {
  await page.goto("/");
  const grid = page.getByRole("grid", { name: "Locks" });
  await expect(grid).toHaveAttribute("aria-rowcount", /^1000\d$/);
  return grid;
}

/** Presses a key so many times, and waits until a row has the focus. */
async function press(page: Page, key: string, times: number): Promise<void> {
  for (let pressed = 0; pressed < times; pressed += 1) await page.keyboard.press(key);
  await expect(page.locator("a:focus")).toBeVisible();
}

function rowInFocus(page: Page): Locator {
  return page.locator("[data-lock-key]:has(a:focus)");
}

function countNodes(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll("*").length);
}

/** Holds back every script that the HTML does not name, as a slow network would. */
async function holdLateScripts(page: Page): Promise<{ readonly release: () => void }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let html = "";
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) void response.text().then((text) => (html = text));
  });
  await page.route("**/_next/static/chunks/*.js", async (route) => {
    const { pathname } = new URL(route.request().url());
    if (html !== "" && !html.includes(pathname)) await promise;
    await route.continue();
  });
  return { release: resolve };
}

/** Runs in the page: presses a key in every turn from when a dialog is on its way until its field has the focus, and counts. */
function pressWhileOnItsWay(): void {
  const { port1, port2 } = new MessageChannel();
  let pressed = 0;
  port1.onmessage = () => {
    const isOnItsWay = pressed > 0 || document.querySelector("span[data-modal]") !== null;
    if (document.activeElement instanceof HTMLTextAreaElement) return;
    if (isOnItsWay) {
      const key = String.fromCharCode(97 + (pressed % 26));
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      pressed += 1;
      document.documentElement.dataset["pressed"] = String(pressed);
    }
    port2.postMessage(null);
  };
  port2.postMessage(null);
}

async function untilPressed(page: Page, keys: string): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(keys);
    await expect(page.locator("[data-modal]")).toBeAttached({ timeout: 250 });
  }).toPass();
}
