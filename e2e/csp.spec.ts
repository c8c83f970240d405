import type { Browser, Page } from "@playwright/test";
import { hostileBodies } from "#lib/domain/testing/hostile-corpus.ts";
import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { sendRaw } from "./raw-request.ts";
import { fillDialog, openDialog } from "./unlock-dialog.ts";
import { PAYMENTS_BUCKET } from "./world.ts";

const test = testIn();

const KEY = "csp/network.tfstate";
const HOSTILE = "H01-script-in-every-field";

const SIZES = [
  { name: "wide", viewport: { width: 1280, height: 800 } },
  { name: "narrow", viewport: { width: 390, height: 844 } },
] as const;

test.beforeEach(async ({ world, page }) => {
  for (let index = 0; index < 60; index += 1) await takeLock(world, { stateKey: `csp/many/${index}.tfstate` });
  await takeLock(world, { stateKey: KEY, who: "runner@gha-7f2", ageMs: 3 * 3_600_000 });
  const hostile = hostileBodies.find(({ name }) => name === HOSTILE);
  world.sandbox.putObject(PAYMENTS_BUCKET, "csp/hostile.tfstate.tflock", hostile?.bytes ?? "");
  await world.api.scan();
  await page.addInitScript(reportViolations);
});

/** What breaks the policy is an error of the page, and that fails every test of this suite. */
function reportViolations(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    const { violatedDirective, blockedURI, sourceFile, lineNumber, sample } = event;
    reportError(new Error(`CSP: ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber} ${sample}`));
  });
}

for (const { name, viewport } of SIZES) {
  test.describe(name, () => {
    test.use({ viewport });

    test("nobody who walks the whole product breaks its content security policy", async ({ world, page }) => {
      await walkList(page);
      await walkPalette(page);
      await page.goto(`/locks/${(await world.api.lockAt("csp/hostile.tfstate")).key}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await openDialog(page, await world.api.lockAt(KEY));
      await walkRest(page);
    });

    test("the list stands where it will stay, before any script has run and after", async ({
      page,
      browser,
      baseURL,
    }) => {
      await openList(page);
      const context = await browser.newContext({ javaScriptEnabled: false, viewport, ...(baseURL && { baseURL }) });
      const still = await context.newPage();
      await still.goto("/");

      expect((await rowPlaces(still)).slice(0, 12)).toEqual((await rowPlaces(page)).slice(0, 12));
      await context.close();
    });

    test("nothing moves while the list comes alive", async ({ page }) => {
      await page.addInitScript(() => {
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) reportError(new Error(`layout shift: ${JSON.stringify(entry)}`));
        }).observe({ type: "layout-shift", buffered: true });
      });

      await openList(page);
      await page.getByRole("grid").evaluate((grid) => grid.parentElement?.scrollTo(0, 1_000));
      await expect(page.locator("[aria-rowindex='30']")).toBeAttached();
    });
  });
}

test("nor does who unlocks a lock, and puts it back", async ({ world, page }) => {
  test.setTimeout(120_000);
  const lock = await world.api.lockAt(KEY);
  const dialog = await openDialog(page, lock);
  await fillDialog(dialog, { lockId: lock.lockId, stateKey: lock.stateKey, reason: "To walk the whole product." });
  await dialog.getByRole("button", { name: /^Force-unlock/ }).click();
  await dialog.getByRole("link", { name: /record/i }).click();
  await expect(page).toHaveURL(/\/unlocks\/\w+/);
  await page.getByRole("button", { name: /^Put back/ }).click({ timeout: 60_000 });
  await expect(page.getByRole("dialog")).toBeVisible();
});

test("a policy that the request brings gives nobody a nonce", async ({ world }) => {
  const theirs = "dGhlaXJz";
  for (const header of ["content-security-policy", "content-security-policy-report-only", "x-nonce"]) {
    const value = header === "x-nonce" ? theirs : `script-src 'nonce-${theirs}'`;
    const { status, body, headers } = await sendRaw(world.product.url, {
      method: "GET",
      path: "/",
      headers: { [header]: value },
    });

    expect(status).toBe(200);
    expect(body).not.toContain(theirs);
    const nonce = /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1];
    expect(body).toContain(`nonce="${nonce}"`);
  }
});

test("text that becomes markup, and a script from elsewhere, are refused by the browser", async ({
  browser,
  baseURL,
}) => {
  const page = await openUnwatched(browser, baseURL, "/");

  const refused = await page.evaluate(() => {
    const attempts = {
      html: () => (document.body.innerHTML = "<img src=x onerror=alert(1)>"),
      script: () => (document.createElement("script").src = "/api/v1/locks"),
      foreign: () => (document.createElement("script").src = "https://evil.example/_next/static/x.js"),
      policy: () => Reflect.get(window, "trustedTypes").createPolicy("other", {}),
      evaluated: () => setTimeout("alert(1)"),
    };
    return Object.entries(attempts).flatMap(([name, attempt]) => {
      try {
        attempt();
        return [];
      } catch (error) {
        return error instanceof TypeError ? [name] : [];
      }
    });
  });

  expect(refused).toEqual(["html", "script", "foreign", "policy", "evaluated"]);
  await page.context().close();
});

test("the page for what is not there breaks no policy either", async ({ browser, baseURL }) => {
  const page = await openUnwatched(browser, baseURL, "about:blank");
  const written: string[] = [];
  page.on("console", (message) => written.push(message.text()));
  page.on("pageerror", (error) => written.push(String(error)));
  await page.goto("/nothing/here");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");

  // Chromium's own word for the status.
  expect(written).toEqual(["Failed to load resource: the server responded with a status of 404 (Not Found)"]);
  await page.context().close();
});

test("no page that the server renders has a style attribute or a style element", async ({ world }) => {
  for (const path of ["/", "/unlocks", "/audit", "/sources", `/locks/${(await world.api.lockAt(KEY)).key}`, "/none"]) {
    const { body } = await sendRaw(world.product.url, { method: "GET", path });

    expect(body).toContain("<main");
    expect(body).not.toMatch(/<[a-z][^>]*\sstyle=|<style/);
  }
});

test("what the API answers is never a document, exports least of all", async ({ world }) => {
  for (const path of ["/api/v1/locks", "/api/v1/audit?format=csv", "/api/v1/none"]) {
    const { headers } = await sendRaw(world.product.url, { method: "GET", path });

    expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/);
  }
});

/** A page whose console is the test's own matter. */
async function openUnwatched(browser: Browser, baseURL: string | undefined, path: string): Promise<Page> {
  const context = await browser.newContext({ ...(baseURL !== undefined && { baseURL }) });
  const page = await context.newPage();
  await page.addInitScript(reportViolations);
  await page.goto(path);
  return page;
}

async function openList(page: Page): Promise<void> {
  await page.goto("/");
  await expect(page.getByRole("grid", { name: "Locks" })).toHaveAttribute("aria-rowcount", /\d\d/);
}

/** Where each row of the first screen stands. */
function rowPlaces(page: Page): Promise<readonly unknown[]> {
  return page
    .locator("[data-lock-key]")
    .evaluateAll((rows) =>
      rows.map((row) => [row.getAttribute("data-lock-key"), ...Object.values(row.getBoundingClientRect().toJSON())]),
    );
}

async function walkList(page: Page): Promise<void> {
  await openList(page);
  await page.getByRole("searchbox").fill("csp");
  await page.keyboard.press("Enter");
  for (const key of ["j", "End", "x", "Home"]) await page.keyboard.press(key);
  await expect(page.getByRole("region", { name: "Selection" })).toBeVisible();
  for (let turn = 0; turn < 3; turn += 1) await page.getByRole("button", { name: /^Theme/ }).click();
}

async function walkPalette(page: Page): Promise<void> {
  await openList(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Go to" }).click();
  const input = page.getByRole("combobox", { name: "Go to" });
  await input.fill("network");
  await expect(page.getByRole("option", { name: /network/ })).toBeVisible();
  await input.fill("Scan now");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Scan started.", { exact: true })).toBeVisible();
}

/** Every page that a link of the bar leads to, and what unfolds there. */
async function walkRest(page: Page): Promise<void> {
  await page.goto("/unlocks");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goto("/audit");
  await page.getByRole("list", { name: "Audit events" }).locator("summary").first().click();
  await page.getByText("How to verify it yourself").click();
  await page.goto("/sources");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}
