import { get, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";

const test = testIn();

/** From the end of the sweep that saw a lock until its row is on the page. */
const NEWS_MS_MAX = 2000;
/** A stream that is open has no end of its own, and must not hold up that of the server. */
const EXIT_MS_MAX = 5000;

test("a new lock is in the list within two seconds of the sweep that saw it, and leaves it as soon", async ({
  world,
  page,
}) => {
  await gotoLive(page);

  await takeLock(world, { stateKey: "live/appears.tfstate" });
  await world.api.scan();
  const row = page.getByRole("link", { name: /live\/appears/ });
  await expect(row).toBeVisible({ timeout: NEWS_MS_MAX });

  world.sandbox.deleteObject("acme-payments-tfstate", "live/appears.tfstate.tflock");
  await world.api.scan();
  await expect(row).toBeHidden({ timeout: NEWS_MS_MAX });
});

test("while a person is at the list no row moves: focus and selection stay, and what is new waits to be let in", async ({
  world,
  page,
}) => {
  await takeLock(world, { stateKey: "live/first.tfstate" });
  await world.api.scan();
  await gotoLive(page);
  const first = page.getByRole("link", { name: /live\/first/ });
  await expect(async () => {
    await page.keyboard.press("j");
    await expect(first).toBeFocused({ timeout: 250 });
  }).toPass();
  await page.keyboard.press("x");
  await expect(page.getByText("1 selected")).toBeVisible();

  // Older, so that its place is above the one that has the focus.
  await takeLock(world, { stateKey: "live/second.tfstate", ageMs: 3_600_000 });
  await world.api.scan();
  const pill = page.getByRole("button", { name: "1 new" });
  await expect(pill).toBeVisible({ timeout: NEWS_MS_MAX });
  await expect(page.getByRole("link", { name: /live\/second/ })).toBeHidden();
  await expect(first).toBeFocused();

  await pill.click();
  await expect(page.getByRole("link", { name: /live\// })).toHaveCount(2);
  await expect(page.getByRole("link", { name: /live\// }).first()).toHaveAccessibleName(/live\/second/);
  await expect(first).toBeFocused();
  await expect(page.getByText("1 selected")).toBeVisible();
});

test("a page that loses the server says so, keeps what it shows, and catches up by itself", async ({
  world,
  context,
}) => {
  await takeLock(world, { stateKey: "live/before.tfstate" });
  await world.api.scan();
  // A page of its own: what the browser itself says of a lost connection is no fault here.
  const page = await context.newPage();
  await gotoLive(page);
  await expect(page.getByRole("link", { name: /live\/before/ })).toBeVisible();

  const { tookMs } = await world.product.terminate();
  expect(tookMs).toBeLessThan(EXIT_MS_MAX);
  await expect(page.getByRole("alert").filter({ hasText: "Not refreshed" })).toBeVisible();
  await expect(page.getByRole("link", { name: /live\/before/ })).toBeVisible();

  await takeLock(world, { stateKey: "live/after.tfstate" });
  await world.product.start();
  await world.api.scan();
  await expect(page.getByRole("link", { name: /live\/after/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("alert").filter({ hasText: "Not refreshed" })).toBeHidden();
});

test("events arrive at once and uncompressed, rows are compressed once and sent again only when they changed", async ({
  world,
}) => {
  const { url } = world.product;
  const events = await open(`${url}/api/v1/locks/events`, { "accept-encoding": "gzip" });
  expect(events.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "private, no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  expect(events.headers["content-encoding"]).toBeUndefined();
  const [beginning] = await events.setEncoding("utf8").take(1).toArray();
  expect(beginning).toContain("retry:");

  const rows = await open(`${url}/api/v1/locks/rows`, { accept: "application/gzip", "accept-encoding": "gzip" });
  expect(rows.headers).toMatchObject({ "content-type": "application/gzip", vary: expect.stringContaining("accept") });
  const body = JSON.parse(gunzipSync(Buffer.concat(await rows.toArray())).toString());
  const etag = rows.headers.etag ?? "";
  expect(etag).toBe(`W/"${body.version}"`);
  expect(await statusOf(`${url}/api/v1/locks/rows`, etag)).toBe(304);

  await takeLock(world, { stateKey: "live/etag.tfstate" });
  await world.api.scan();
  await expect.poll(() => statusOf(`${url}/api/v1/locks/rows`, etag)).toBe(200);
});

async function statusOf(url: string, etag: string): Promise<number> {
  return (await fetch(url, { headers: { "if-none-match": etag } })).status;
}

/** The list, with its stream open. */
async function gotoLive(page: Page): Promise<void> {
  const connected = page.waitForResponse((response) => response.url().includes("/api/v1/locks/events"));
  await page.goto("/");
  await connected;
}

function open(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on("error", reject);
  });
}
