import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import type { LockAnswer } from "./api.ts";
import { expect, pageTest } from "./fixtures.ts";
import { hasS3Half, sentDeletes, takeLock } from "./locks.ts";
import { type ProxiedWorld, startProxiedWorld } from "./proxied-world.ts";
import { openDialog } from "./unlock-dialog.ts";
import { openWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";
import { PAYMENTS, type World } from "./world.ts";

const REASON = "INC-4711: the runner was terminated";
/** Sam unlocks and reviews, Ada approves, Rita reviews, Root administers. */
const ROLES = [
  { role: "unlocker", people: ["sam"] },
  { role: "auditor", people: ["sam", "rita"] },
  { role: "approver", people: ["ada"] },
  { role: "admin", people: ["root"] },
];
/** How long the frame around the list may lag behind. */
const FRAME_EVERY_MS = 30_000;
const POLICY = { ticket: ["INC-#"], approval: "required", approvalExpires: "60m" };

const test = pageTest.extend<object, { readonly office: { world: ProxiedWorld; receiver: WebhookReceiver } }>({
  office: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from this pattern.
    async ({}, use) => {
      const receiver = await openWebhookReceiver();
      const policies = [POLICY, { statePaths: ["*/short/**"], approval: "required", approvalExpires: "1m" }];
      const world = await startProxiedWorld(
        { roles: ROLES, policies, freshSignIn: "10m" },
        {
          accounts: [PAYMENTS],
          audit: { webhooks: [{ name: "siem", url: receiver.url, secrets: ["a-secret-of-the-test-of-approvals"] }] },
        },
      );
      await use({ world, receiver });
      await world.close();
      await receiver.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

let sam: Page;
let ada: Page;
let rita: Page;
let root: Page;
test.beforeAll(async ({ office: { world }, browser }) => {
  [sam, ada, rita, root] = [
    await openAs(world, browser, "sam"),
    await openAs(world, browser, "ada"),
    await openAs(world, browser, "rita"),
    await openAs(world, browser, "root"),
  ];
});
test.afterAll(async () => {
  for (const page of [sam, ada, rita, root]) await page?.context().close();
});

/** A browser of their own, behind the proxy that vouches for them. */
async function openAs(
  world: ProxiedWorld,
  browser: Browser,
  subject: string,
  signedInMs: number = Date.now(),
): Promise<Page> {
  const extraHTTPHeaders = await world.headersOf({ subject, groups: [], signedInMs });
  const context = await browser.newContext({ baseURL: world.product.url, extraHTTPHeaders });
  return context.newPage();
}

/** Asks the API as the person of this page would, past what the page offers. */
function post(world: World, page: Page, path: string, data: object) {
  return page.request.post(path, { data, headers: { origin: world.product.url } });
}

/** A lock that everybody sees, and its ID. */
async function hold(world: World, stateKey: string, who = "runner@gha-7f2"): Promise<LockAnswer> {
  await takeLock(world, { stateKey, who });
  expect((await post(world, sam, "/api/v1/scans", { wait: true })).ok()).toBe(true);
  const { locks } = await (await sam.request.get("/api/v1/locks?limit=1000")).json();
  return locks.find((lock: LockAnswer) => lock.stateKey === stateKey);
}

/** The list, in a browser whose clock can be moved on. */
async function openList(world: ProxiedWorld, browser: Browser, subject: string): Promise<Page> {
  const list = await openAs(world, browser, subject);
  await list.clock.install();
  await list.goto("/");
  await expect(list.getByRole("navigation", { name: "Pages" })).toBeVisible();
  return list;
}

/** Whatever the page or its dialog shows is there for everybody. */
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.target.join(" ")) }))).toEqual([]);
}

/** Sam asks for approval of a lock, and the dialog waits. */
async function ask(lock: LockAnswer) {
  const dialog = await openDialog(sam, lock);
  await dialog.getByRole("textbox", { name: /reason/i }).fill(REASON);
  await dialog.getByRole("button", { name: `Ask for approval to unlock ${lock.stateKey}` }).click();
  await expect(dialog.getByRole("heading", { name: "Waiting" })).toBeVisible();
  const href = await dialog.getByRole("link", { name: /The request/ }).getAttribute("href");
  return { dialog, path: href ?? "" };
}

test("one asks, another approves, and the first carries it out, live in both browsers", async ({ office, browser }) => {
  const lock = await hold(office.world, "approval/approved.tfstate");
  const list = await openList(office.world, browser, "ada");
  const waiting = list.getByRole("navigation", { name: "Pages" }).getByText("waiting for you");
  await expect(waiting).toHaveCount(0);
  const before = sentDeletes(office.world).length;
  const dialog = await openDialog(sam, lock);
  await expect(dialog.getByRole("region", { name: "Rules" })).toContainText("A second person must approve it.");
  await dialog.getByRole("textbox", { name: /reason/i }).fill("the runner was terminated");
  await dialog.getByRole("button", { name: /^Ask for approval/ }).click({ force: true });
  await expect(dialog).toContainText("Name a ticket of the form INC-#.");
  await dialog.getByRole("textbox", { name: /reason/i }).fill(REASON);
  await dialog.getByRole("button", { name: /^Ask for approval/ }).click();
  await expect(dialog).toContainText("ada");

  await expectAccessible(sam);

  await list.clock.fastForward(FRAME_EVERY_MS);
  await expect(waiting).toHaveCount(1);
  await list.context().close();
  await ada.goto("/approvals");
  await expectAccessible(ada);
  await expect(ada.getByRole("navigation", { name: "Pages" })).toContainText("1 waiting for you");
  await ada.getByRole("link", { name: /approval\/approved\.tfstate, pending/ }).click();
  await expect(ada.getByRole("article")).toContainText(REASON);
  await expectAccessible(ada);
  await ada.getByRole("textbox", { name: "Comment" }).fill("I looked: the runner is gone.");
  await ada.getByRole("button", { name: "Approve the unlock of approval/approved.tfstate" }).click();

  await expect(dialog).toContainText("I looked: the runner is gone.");
  await expectAccessible(sam);
  await dialog.getByRole("textbox", { name: /^Type/ }).fill((lock.lockId ?? "").slice(0, 8));
  await dialog.getByRole("button", { name: "Force-unlock approval/approved.tfstate" }).click();
  await expect(dialog.getByRole("heading", { name: "Released" })).toBeVisible();
  expect(sentDeletes(office.world)).toHaveLength(before + 1);

  await dialog.getByRole("link", { name: /^Record/ }).click();
  const steps = sam.getByRole("list", { name: "Steps" });
  await expect(steps.getByRole("listitem").nth(0)).toContainText(/Approval asked for.*sam/);
  await expect(steps.getByRole("listitem").nth(1)).toContainText(/Approved.*ada.*the runner is gone/);
  await expect(ada.getByRole("article")).toContainText("The unlock was carried out with it.");
});

test("a lock that changes while it waits makes the request void, in both browsers", async ({ office }) => {
  const lock = await hold(office.world, "approval/void.tfstate");
  const { dialog, path } = await ask(lock);
  await ada.goto(path);
  await takeLock(office.world, { stateKey: lock.stateKey, who: "tom@laptop", ageMs: 0 });

  await ada.getByRole("button", { name: /^Approve the unlock/ }).click();

  await expect(ada.getByRole("article")).toContainText("Void");
  await expect(ada.getByRole("button", { name: /^Approve the unlock/ })).toHaveCount(0);
  await expect(ada.getByRole("alert").filter({ hasText: "Nothing was decided" })).toContainText("void");
  await expect(dialog.getByRole("heading", { name: "Void" })).toBeVisible();
  expect(hasS3Half(office.world, lock.stateKey)).toBe(true);
});

test("whoever asked is offered no approval, and the server refuses it", async ({ office }) => {
  const lock = await hold(office.world, "approval/own.tfstate");
  const { path } = await ask(lock);

  await sam.goto(path);
  await expect(sam.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  const answer = await post(office.world, sam, `/api/v1${path}`, { decision: "approve" });
  expect(answer.status()).toBe(403);
  expect((await (await sam.request.get(`/api/v1${path}`)).json()).state).toBe("pending");
  await sam.getByRole("button", { name: "Withdraw the request" }).click();
  await expect(sam.getByRole("article")).toContainText("Withdrawn");
});

test("an unlock long after the sign-in asks for another sign-in, back to the same lock, and reaches nobody", async ({
  office: { world },
  browser,
}) => {
  const lock = await hold(world, "approval/long-ago.tfstate");
  const page = await openAs(world, browser, "sam", Date.now() - 11 * 60_000);
  const dialog = await openDialog(page, lock);
  await dialog.getByRole("textbox", { name: /reason/i }).fill(REASON);
  await dialog.getByRole("button", { name: `Ask for approval to unlock ${lock.stateKey}` }).click();

  // Back to the lock, with its dialog open.
  const next = `/locks/${lock.key}?unlock=true`;
  const again = dialog.getByRole("alert").getByRole("link", { name: "Sign in again" });
  expect(await again.getAttribute("href")).toBe(`/sign-in?${new URLSearchParams({ next, again: "1" })}`);
  const { approvals } = await (await ada.request.get("/api/v1/approvals")).json();
  expect(approvals.filter(({ stateKey }: { stateKey: string }) => stateKey === lock.stateKey)).toEqual([]);
  expect(hasS3Half(world, lock.stateKey)).toBe(true);
  await again.click();
  await expect(page.getByRole("heading", { name: "Sign in again" })).toBeVisible();
  await expectAccessible(page);
  const out = page.getByRole("link", { name: "End the session at the proxy" });
  expect(await out.getAttribute("href")).toBe(`${next}&gcp-iap-mode=CLEAR_LOGIN_COOKIE`);

  // Signed in anew, they find what they wrote.
  await page.context().setExtraHTTPHeaders(await world.headersOf({ subject: "sam", groups: [] }));
  await page.goto(next);
  await expect(page.getByRole("dialog").getByRole("textbox", { name: /reason/i })).toHaveValue(REASON);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.goto(next);
  await expect(page.getByRole("dialog").getByRole("textbox", { name: /reason/i })).toHaveValue("");
  await page.context().close();
});

test("a request that nobody answers expires, and then nobody can approve it", async ({ office }) => {
  test.slow();
  const lock = await hold(office.world, "short/expires.tfstate");
  const { dialog, path } = await ask(lock);

  await expect(dialog.getByRole("heading", { name: "Expired" })).toBeVisible({ timeout: 90_000 });
  const answer = await post(office.world, ada, `/api/v1${path}`, { decision: "approve" });
  expect(answer.status()).toBe(409);
  expect(hasS3Half(office.world, lock.stateKey)).toBe(true);
});

test("broken glass unlocks at once, is told at once, and shows to all until somebody else reviewed it", async ({
  office: { world, receiver },
  browser,
}) => {
  const lock = await hold(world, "approval/glass.tfstate");
  const list = await openList(world, browser, "ada");
  const dialog = await openDialog(sam, lock);
  await dialog.getByRole("button", { name: "Break the glass" }).click();
  await expect(dialog).toContainText("A second person must approve it.");
  await expectAccessible(sam);
  await dialog.getByRole("textbox", { name: /reason/i }).fill(REASON);
  await dialog.getByRole("textbox", { name: /^Type/ }).fill("break the glass");
  const wasReceived = receiver.bodies.length;
  await dialog.getByRole("button", { name: "Break the glass and unlock approval/glass.tfstate" }).click();
  await expect(dialog.getByRole("heading", { name: "Released" })).toBeVisible();

  await expect
    .poll(() => receiver.bodies.slice(wasReceived).some((body) => body.includes('"break_glass.used"')), {
      timeout: 2_000,
    })
    .toBe(true);
  expect(world.product.log()).toContain("the glass was broken");
  const record = (await dialog.getByRole("link", { name: /^Record/ }).getAttribute("href")) ?? "";
  for (const page of [rita, ada, sam]) {
    await page.goto("/sources");
    await expect(page.getByRole("complementary", { name: "Broken glass" })).toContainText("sam");
  }
  expect(await (await root.request.get("/metrics")).text()).toMatch(/^lockkeeper_break_glass_open 1$/m);
  await list.clock.fastForward(FRAME_EVERY_MS);
  const banner = list.getByRole("complementary", { name: "Broken glass" });
  await expect(banner).toContainText("sam");
  await sam.goto(record);
  await expect(sam.getByRole("button", { name: "Record the review" })).toHaveCount(0);
  const own = await post(world, sam, `/api/v1${record}/review`, { comment: "I was right to do so." });
  expect(own.status()).toBe(403);

  // It is still open after the product was started anew.
  await world.product.kill();
  await world.product.start();
  await rita.goto("/sources");
  await rita.getByRole("complementary", { name: "Broken glass" }).getByRole("link", { name: "Review it" }).click();
  await expectAccessible(rita);
  await rita.getByRole("textbox", { name: "What you found" }).fill("The runner was dead: it was right.");
  await rita.getByRole("button", { name: "Record the review" }).click();
  await expect(rita.getByRole("article")).toContainText("Reviewed by rita");
  await expect(rita.getByRole("complementary", { name: "Broken glass" })).toHaveCount(0);
  // As when somebody comes back to the tab.
  await list.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(banner).toHaveCount(0);
  await list.context().close();
});
