import { expect, testIn } from "./fixtures.ts";
import { takeLock } from "./locks.ts";
import { type AccountSetting, PAYMENTS } from "./world.ts";

const DENIED: AccountSetting = {
  name: "data-prod",
  id: "222233334444",
  region: "eu-west-1",
  buckets: [{ name: "acme-data-tfstate" }],
  scanRole: { allow: [] },
};
const HANGING: AccountSetting = {
  name: "platform-prod",
  id: "333344445555",
  region: "us-east-1",
  buckets: [{ name: "acme-platform-tfstate" }],
};
/** A healthy sweep of a small bucket takes well under a second; the rest is a busy machine. */
const ON_TIME_MS = 5_000;

const test = testIn({ accounts: [PAYMENTS, DENIED, HANGING] });

test("one account denied and one hanging: the third is complete and on time, and the page says which could not be read", async ({
  world,
  page,
}) => {
  const stateKey = "failing/third-account.tfstate";
  world.sandbox.addFault({ match: { bucket: "acme-platform-tfstate" }, effect: { kind: "hang" } });
  await takeLock(world, { stateKey });
  await takeLock(world, { stateKey: "failing/pair.tfstate", mechanism: "both" });

  const answer = await world.api.post("/api/v1/scans", {});
  expect(answer.status).toBe(202);
  await expect
    .poll(async () => (await world.api.locks("?account=payments-prod")).map((lock) => lock.stateKey).sort(), {
      timeout: ON_TIME_MS,
    })
    .toEqual(["failing/pair.tfstate", stateKey]);

  await page.goto("/");
  await expect(page.getByRole("link", { name: /third-account/ })).toBeVisible();
  const sources = (await world.api.scan()).map(({ name, status }) => ({ name, status }));
  expect(sources).toContainEqual({ name: "acme-payments-tfstate", status: "ok" });
  expect(sources).toContainEqual({ name: "terraform-locks", status: "ok" });
  expect(sources).toContainEqual({ name: "acme-data-tfstate", status: "error" });
  expect(sources).toContainEqual({ name: "acme-platform-tfstate", status: "error" });

  await page.reload();
  await expect(page.getByText("2 of 4 sources could not be read")).toBeVisible();
  await expect(page.getByRole("link", { name: /third-account/ })).toBeVisible();
});

test("a source that fails later keeps its last known locks", async ({ world, page }) => {
  world.sandbox.clearFaults();
  const stateKey = "failing/kept.tfstate";
  await takeLock(world, { stateKey });
  await world.api.scan();
  world.sandbox.addFault({
    match: { bucket: "acme-payments-tfstate" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });

  await world.api.scan();

  expect((await world.api.locks()).map((lock) => lock.stateKey)).toContain(stateKey);
  await page.goto("/");
  await expect(page.getByRole("link", { name: /kept/ })).toBeVisible();
});
