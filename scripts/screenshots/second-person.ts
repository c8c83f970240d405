import type { Browser, Page } from "@playwright/test";
import { createApi } from "#e2e/api.ts";
import { takeLock } from "#e2e/locks.ts";
import { type ProxiedPerson, type ProxiedWorld, startProxiedWorld } from "#e2e/proxied-world.ts";
import { openDialog } from "#e2e/unlock-dialog.ts";
import { PAYMENTS } from "#e2e/world.ts";
import { ALL_LOOKS, type Look, save, withPage } from "./camera.ts";

const SAM: ProxiedPerson = { subject: "sam", name: "Sam Rivers", groups: ["sre"] };
const ADA: ProxiedPerson = { subject: "ada", name: "Ada Stone", groups: ["leads"] };
const KIM: ProxiedPerson = { subject: "kim", name: "Kim Lake", groups: [] };
const HOUR_MS = 3_600_000;
const REASON = "INC-4711: the runner was terminated, see the incident";

/** Unlocks that take two: asking, waiting, deciding, going past it, and whoever has no part in it. */
export async function takeSecondPerson(browser: Browser): Promise<void> {
  const roles = [
    { role: "unlocker", groups: ["sre"], accounts: ["payments-*"] },
    { role: "approver", groups: ["leads"] },
    { role: "auditor", groups: ["leads"] },
  ];
  const policies = [{ ticket: ["INC-#"], coolDown: "5m", approval: "required" }];
  const world = await startProxiedWorld({ roles, policies }, { accounts: [PAYMENTS] });
  try {
    for (const stateKey of ["network/terraform.tfstate", "dns/terraform.tfstate", "edge/terraform.tfstate"])
      await takeLock(world, { stateKey, ageMs: 3 * HOUR_MS, who: "runner@fv-az123-4" });
    await takeStory(browser, world);
  } finally {
    await world.close();
  }
}

async function takeStory(browser: Browser, world: ProxiedWorld): Promise<void> {
  const headers = { ...(await world.headersOf(SAM)), origin: world.product.url };
  const sam = createApi(world.product.url, headers);
  await sam.scan();
  const network = await sam.lockAt("network/terraform.tfstate");
  await eachLook(browser, world, SAM, async (page, look) => {
    await openDialog(page, network);
    await save(page, { name: "approval-dialog", look });
  });
  const ask = async (stateKey: string, more: object) => {
    const { key, lockId, fingerprint } = await sam.lockAt(stateKey);
    const body = { key, lockId, fingerprint, reason: REASON, ...more };
    return (await sam.post<{ id: string }>("/api/v1/unlocks", body, { "idempotency-key": stateKey })).body.id;
  };
  const approvalId = await ask("network/terraform.tfstate", {});
  await eachLook(browser, world, SAM, async (page, look) => {
    await page.goto(`/locks/${network.key}?unlock=true`);
    await page.getByRole("heading", { name: "Waiting" }).waitFor();
    await save(page, { name: "approval-waiting", look });
  });
  await eachLook(browser, world, ADA, async (page, look) => {
    await page.goto("/approvals");
    await save(page, { name: "approvals", look });
    await page.goto(`/approvals/${approvalId}`);
    await save(page, { name: "approval", look, isWhole: true });
  });
  await ask("dns/terraform.tfstate", { breakGlass: true });
  await eachLook(browser, world, ADA, async (page, look) => {
    await page.goto("/");
    await save(page, { name: "broken-glass", look });
  });
  await eachLook(browser, world, SAM, async (page, look) => {
    await page.goto("/account");
    await save(page, { name: "account", look, isWhole: true });
  });
  await withPerson(browser, world, KIM, "light", async (page) => {
    await page.goto("/");
    await save(page, { name: "no-access", look: "light" });
  });
}

async function eachLook(
  browser: Browser,
  world: ProxiedWorld,
  person: ProxiedPerson,
  take: (page: Page, look: Look) => Promise<void>,
): Promise<void> {
  for (const look of ALL_LOOKS) await withPerson(browser, world, person, look, (page) => take(page, look));
}

async function withPerson(
  browser: Browser,
  world: ProxiedWorld,
  person: ProxiedPerson,
  look: Look,
  take: (page: Page) => Promise<void>,
): Promise<void> {
  const headers = await world.headersOf(person);
  await withPage(browser, world, look, async (page) => {
    await page.context().setExtraHTTPHeaders(headers);
    await take(page);
  });
}
