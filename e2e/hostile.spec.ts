import type { Page } from "@playwright/test";
import { type HostileBody, hostileBodies, hostileKeys } from "#lib/domain/testing/hostile-corpus.ts";
import { expect, testIn } from "./fixtures.ts";
import { hasS3Half } from "./locks.ts";
import { PAYMENTS_BUCKET, type World } from "./world.ts";

const test = testIn();

/** One page of each threat and every value that stands in all fields: what a browser could run or misread. */
const LOOKED_AT = hostileBodies.filter(isLookedAt);

test.beforeEach(async ({ world }) => {
  for (const { name, bytes } of hostileBodies) putLock(world, keyOf(name), bytes);
  for (const { key } of hostileKeys) putLock(world, key, "{}");
  await world.api.scan();
});

test("the list shows every hostile lock, and runs none of them", async ({ world, page }) => {
  const found = (await world.api.locks("?limit=1000")).map((lock) => lock.stateKey);
  const put = [...hostileBodies.map(({ name }) => keyOf(name)), ...hostileKeys.map(({ key }) => key)];
  expect(found.toSorted()).toEqual(put.toSorted());

  await page.goto("/");

  await expect(page.getByRole("row")).not.toHaveCount(0);
  await expectNothingRan(page);
});

test("a hostile lock's page shows its text as text", async ({ world, page }) => {
  test.setTimeout(180_000);
  const keys = new Map((await world.api.locks("?limit=1000")).map((lock) => [lock.stateKey, lock.key]));
  const looked = [...LOOKED_AT.map(({ name }) => keyOf(name)), ...hostileKeys.map(({ key }) => key)];
  for (const stateKey of looked) {
    await page.goto(`/locks/${keys.get(stateKey)}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNothingRan(page);
  }
  await page.goto(`/locks/${keys.get(keyOf("H01-script-in-every-field"))}`);
  await expect(page.getByRole("main")).toContainText("<script>alert(1)</script>");
});

test("a hostile lock can be force-unlocked through the API, and its record holds its bytes", async ({ world }) => {
  const looked = new Set(LOOKED_AT.map(({ name }) => keyOf(name)));
  const locks = (await world.api.locks("?limit=1000")).filter(({ stateKey }) => looked.has(stateKey));
  expect(locks).toHaveLength(looked.size);
  for (const { key, lockId, fingerprint, stateKey } of locks) {
    const answer = await world.api.unlock({ key, lockId, fingerprint, reason: "A hostile lock is in the way." });
    expect(`${stateKey}: ${answer.body.outcome}`).toBe(`${stateKey}: released`);
    expect(hasS3Half(world, stateKey)).toBe(false);
  }
  const records = (await world.api.audit()).map((event) => JSON.stringify(event)).join("\n");
  const missing = LOOKED_AT.filter(({ bytes }) => !records.includes(Buffer.from(bytes).toString("base64")));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

function isLookedAt({ name, row }: HostileBody): boolean {
  const first = hostileBodies.find((body) => body.row === row);
  return first?.name === name || name.endsWith("-in-every-field");
}

function keyOf(name: string): string {
  return `hostile/${name}.tfstate`;
}

function putLock({ sandbox }: World, stateKey: string, body: string | Uint8Array): void {
  sandbox.putObject(PAYMENTS_BUCKET, `${stateKey}.tflock`, body);
}

/** Dialogs and console errors fail the test by themselves; this looks for markup that came alive. */
async function expectNothingRan(page: Page): Promise<void> {
  await expect(page.locator("main :is(script, img, iframe, [onload], [onerror])")).toHaveCount(0);
}
