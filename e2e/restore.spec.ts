import type { Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { hasDynamodbHalf, takeLock } from "./locks.ts";
import { PAYMENTS, PAYMENTS_BUCKET, PAYMENTS_TABLE, type World } from "./world.ts";

const test = testIn();

/** The time of an unlock of two halves (25 s), and a busy machine. */
const UNDOABLE_MS_MAX = 60_000;

const TAKEN = "restore/taken.tfstate";
const LOST = "restore/lost.tfstate";
/** The unlocks that are put back later: their time passes while the first test waits for its own. */
const unlocked = new Map<string, string>();

test.beforeAll(async ({ world }) => {
  await takeLock(world, { stateKey: TAKEN, who: "alice@laptop" });
  await takeLock(world, { stateKey: LOST });
  for (const stateKey of [TAKEN, LOST]) unlocked.set(stateKey, await unlock(world, stateKey));
});
test.beforeEach(() => test.setTimeout(UNDOABLE_MS_MAX + 60_000));

test("from a released pair to the same lock again with the keyboard alone, once", async ({ world, page }) => {
  const stateKey = "restore/pair.tfstate";
  const lockId = await takeLock(world, { stateKey, mechanism: "both", who: "runner@gha-7f2" });
  const before = await readBytes(world, stateKey);
  const id = await unlock(world, stateKey);
  await page.goto(`/unlocks/${id}`);
  await expect(page.getByText("Not yet."), "a delete could still be on its way").toBeVisible();
  const steps = page.getByRole("list", { name: "Steps" });
  await expect(steps.getByRole("listitem").filter({ hasText: "Intent committed" })).toHaveCount(1);
  await expect(offer(page), "it comes by itself").toBeVisible({ timeout: UNDOABLE_MS_MAX });

  const { keyboard } = page;
  const dialog = page.getByRole("dialog");
  await untilOpen(page);
  await expect(dialog).toContainText("it does not revive the run that held the lock");
  await expect(dialog.getByRole("textbox", { name: "Reason" })).toBeFocused();
  await keyboard.type("too short");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(dialog).toContainText("at least 10 visible characters");
  await expect(dialog.getByRole("textbox", { name: "Reason" })).toBeFocused();
  await keyboard.type(", but the run was alive after all.");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");

  await expect(dialog.getByRole("heading", { level: 3 })).toHaveText("Put back");
  await expect(dialog.getByRole("heading", { level: 3 })).toBeFocused();
  expect(await readBytes(world, stateKey)).toEqual(before);
  await keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/The lock was removed\. It was put back/)).toBeVisible();
  await expect(steps.getByRole("listitem").filter({ hasText: "Putting back ended" })).toContainText("Put back");
  await expect(offer(page), "a second attempt is not offered").toHaveCount(0);
  await expect(page.getByText("It was undone already.")).toBeVisible();
  await expect(page.locator("#main")).toBeFocused();

  const wish = { reason: "Once more, please, it worked so well." };
  const again = await world.api.post(`/api/v1/unlocks/${id}/restore`, wish, { "idempotency-key": crypto.randomUUID() });
  expect(again.status).toBe(422);
  await expect.poll(async () => (await world.api.locks()).map((lock) => lock.lockId)).toContain(lockId);
  await page.goto("/unlocks");
  await expect(page.getByRole("link", { name: new RegExp(`${stateKey}, released, put back`) })).toBeVisible();
  await page.goto("/");
  await expect(page.getByRole("link", { name: new RegExp(stateKey) })).toBeVisible();
  await expect.poll(() => hasDynamodbHalf(world, stateKey)).toBe(true);
});

test("where somebody has locked since nothing is written, and the holder is shown", async ({
  world,
  page,
  expectAccessible,
}) => {
  const stateKey = TAKEN;
  await page.goto(`/unlocks/${unlocked.get(stateKey)}`);
  await expect(offer(page)).toBeVisible({ timeout: UNDOABLE_MS_MAX });
  await offer(page).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("The run of alice was alive after all.");
  await expectAccessible();

  await takeLock(world, { stateKey, who: "bob@build-9", ageMs: 0 });
  const taken = await readBytes(world, stateKey);
  await dialog.getByRole("button", { name: /^Put back/ }).click();

  await expect(dialog.getByRole("heading", { level: 3 })).toHaveText("Changed");
  await expect(dialog).toContainText("Nothing was written");
  await expect(dialog).toContainText("bob@build-9");
  await expectAccessible();
  expect(await readBytes(world, stateKey)).toEqual(taken);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("Putting it back would write nothing")).toContainText("bob@build-9");
});

test("an answer that was lost is asked for again, and the lock is put once", async ({ world, page }) => {
  const stateKey = LOST;
  await page.goto(`/unlocks/${unlocked.get(stateKey)}`);
  await expect(offer(page)).toBeVisible({ timeout: UNDOABLE_MS_MAX });
  await page.route(
    /\/restore$/,
    async (route) => {
      await route.fetch();
      await route.fulfill({ status: 502, contentType: "text/html", body: "Bad gateway" });
    },
    { times: 1 },
  );
  await offer(page).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("The run was alive after all.");
  await dialog.getByRole("button", { name: /^Put back/ }).click();

  await expect(dialog).toContainText("It is not known whether the lock was put back.");
  await expect(dialog.getByRole("alert")).toBeFocused();
  await dialog.getByRole("button", { name: "Ask again" }).click();

  await expect(dialog.getByRole("heading", { level: 3 })).toHaveText("Put back");
  expect(world.sandbox.journal({ operation: "PutObject" }).filter(({ key }) => key?.includes(stateKey))).toHaveLength(
    1,
  );
});

async function unlock({ api }: World, stateKey: string): Promise<string> {
  await api.scan();
  const { key, lockId, fingerprint } = await api.lockAt(stateKey);
  const { body } = await api.unlock({ key, lockId, fingerprint, reason: "The runner was shut down." });
  expect(body.outcome).toBe("released");
  return body.id;
}

/** The bytes of both halves, as they are stored. */
async function readBytes({ sandbox }: World, stateKey: string): Promise<unknown> {
  const object = sandbox.getObject(PAYMENTS_BUCKET, `${stateKey}.tflock`);
  const lockId = `${PAYMENTS_BUCKET}/${stateKey}`;
  const item = await sandbox.getItem(PAYMENTS.id, PAYMENTS.region, PAYMENTS_TABLE, lockId);
  return { object: object === null ? null : Buffer.from(object.body).toString(), item };
}

function offer(page: Page) {
  return page.getByRole("main").getByRole("button", { name: /^Put back/ });
}

/** Presses `p` until the page has come alive and opens the dialog. */
async function untilOpen(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("p");
    await expect(page.getByRole("dialog")).toBeVisible({ timeout: 1_000 });
  }).toPass();
}
