import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { tamper } from "./tamper.ts";
import { PAYMENTS, type World } from "./world.ts";

const test = testIn();
const testLate = testIn({
  accounts: [PAYMENTS],
  audit: { webhooks: [{ name: "siem", url: "http://127.0.0.1:9/events", secrets: ["nobody-listens-at-this-port"] }] },
});
const testTampered = testIn();

const HOSTILE_WHO = "<img src=x onerror=alert(1)>\u202e@host";

test("filters live in the URL: they survive a reload, and go with what is exported", async ({ world, page }) => {
  await unlock(world, "audit/network.tfstate");
  await unlock(world, "audit/database.tfstate");
  await page.goto("/audit");
  const rows = events(page);
  await expect(rows.filter({ hasText: "audit/network.tfstate" })).toHaveCount(2);

  await page.getByRole("searchbox", { name: "State path" }).fill("DATABASE");
  await expect(rows.filter({ hasText: "audit/network.tfstate" })).toHaveCount(0);
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("released");
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/statePath=DATABASE/);
  await expect(page).toHaveURL(/outcome=released/);

  await page.reload();
  await expect(page.getByRole("searchbox", { name: "State path" })).toHaveValue("DATABASE");
  await expect(rows).toHaveCount(1);
  const csv = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  const exported = await (await fetch(`${world.product.url}${csv}`)).text();
  expect(exported.trim().split("\r\n"), "a head and one event").toHaveLength(2);

  await page.getByLabel("From (UTC)").fill("2100-01-01T00:00");
  await expect(page.getByText("No event matches.")).toBeVisible();
  await expect(page).toHaveURL(/from=2100-01-01T00:00:00Z/);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(rows.filter({ hasText: "audit/network.tfstate" })).toHaveCount(2);
  await expect(page).toHaveURL(/\/audit$/);
});

test("the page says that the trail verifies, and what it tells to do proves it without this server", async ({
  world,
  page,
}) => {
  await unlock(world, "audit/verified.tfstate");
  await expect.poll(async () => (await fetch(`${world.product.url}/api/v1/audit/checkpoint`)).status).toBe(200);
  await page.goto("/audit");
  await expect(page.getByText(/^Verified up to event \d+/)).toBeVisible();
  await expect(page.getByText(/Last checkpoint/)).toBeVisible();
  await page.getByText("How to verify it yourself").click();

  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-verify-"));
  for (const name of ["lockkeeper-audit.jsonl", "keys.txt", "checkpoint.txt"]) {
    const href = await page.getByRole("link", { name }).getAttribute("href");
    writeFileSync(join(folder, name), await (await fetch(`${world.product.url}${href}`)).text());
  }
  const command = (await page.getByText(/^npm run audit:verify/).textContent()) ?? "";
  const verifier = [
    resolve("scripts/audit-verify.mjs"),
    ...command.replace(/^npm run audit:verify -- /, "").split(" "),
  ];
  const done = spawnSync(process.execPath, verifier, { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  expect(`${done.status}: ${done.stdout}${done.stderr}`).toMatch(/^0: .*verified/is);
});

test("every download answers, and is on the record", async ({ world, page }) => {
  await unlock(world, "audit/exported.tfstate");
  await page.goto("/audit");
  for (const name of ["Download the trail (JSONL)", "CSV", "OCSF", "CEF"]) {
    const href = await page.getByRole("link", { name }).getAttribute("href");
    const answer = await fetch(`${world.product.url}${href}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("audit/exported.tfstate");
  }
  await page.reload();
  await expect(events(page).filter({ hasText: "Trail exported" }).first()).toContainText("cef");
});

test("a step of an unlock leads to its line, open, and hostile text in it is text", async ({ world, page }) => {
  const id = await unlock(world, "audit/hostile.tfstate", HOSTILE_WHO);
  await page.goto(`/unlocks/${id}`);
  await page
    .getByRole("link", { name: /^Line #/ })
    .first()
    .click();

  await expect(page).toHaveURL(new RegExp(`/audit\\?unlockId=${id}&line=\\d+#line-\\d+$`));
  await expect(events(page)).toHaveCount(2);
  const line = page.getByRole("figure", { name: "Event" });
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('"action": "unlock.intent"');
  await expect(line).toContainText("<img src=x onerror=alert(1)>");
  await expect(page.locator("main :is(script, img, iframe, [onload], [onerror])")).toHaveCount(0);
  await page.getByRole("link", { name: "Record of the unlock" }).click();
  await expect(page).toHaveURL(new RegExp(`/unlocks/${id}$`));
});

test("a long trail has pages, newest first, and none is in two", async ({ world, page }) => {
  const stateKey = "audit/paged.tfstate";
  await takeLock(world, { stateKey });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
  for (let asked = 0; asked < 105; asked += 1) {
    await world.api.unlock({ key, lockId, fingerprint, reason: "Asked for again and again." });
  }

  await page.goto("/audit?statePath=audit/paged");
  await expect(events(page)).toHaveCount(100);
  await page.getByRole("link", { name: "Older" }).click();
  await expect(events(page)).toHaveCount(6);
  await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(events(page)).toHaveCount(100);
});

testLate(
  "a destination that takes nothing is told at the top, with why and when it is tried again",
  async ({ page, expectAccessible }) => {
    await expect(async () => {
      await page.goto("/audit");
      await expect(page.getByRole("alert").filter({ hasText: "siem" })).toContainText("behind", { timeout: 1_000 });
    }).toPass();

    await expect(page.getByRole("list", { name: "Destinations" })).toContainText(
      /siem.*could not be reached.*Next attempt/,
    );
    await expectAccessible();
  },
);

testTampered(
  "an event that was changed in the database is told in red, by its number",
  async ({ world, page, expectAccessible }) => {
    await unlock(world, "audit/tampered.tfstate");
    const seq = (await world.api.audit()).findIndex(({ action }) => action === "unlock.outcome") + 1;

    await tamper(world, seq, { from: "released", to: "refused." });

    await page.goto("/audit");
    const alert = page.getByRole("alert").filter({ hasText: `Event ${seq}:` });
    await expect(alert).toContainText("its hash is not the hash of what it says");
    await expectAccessible();
    await alert.getByRole("link", { name: `Look at event ${seq}` }).click();
    await expect(page.getByRole("figure", { name: "Event" })).toContainText("refused.");
  },
);

async function unlock(world: World, stateKey: string, who = "runner@gha-7f2"): Promise<string> {
  await takeLock(world, { stateKey, who });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
  return (await world.api.unlock({ key, lockId, fingerprint, reason: "The runner was shut down." })).body.id;
}

function events(page: Page) {
  return page.getByRole("list", { name: "Audit events" }).getByRole("listitem");
}
