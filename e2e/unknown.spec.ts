import type { Locator } from "@playwright/test";
import { expect, testIn } from "./fixtures.ts";
import { hasDynamodbHalf, hasS3Half, sentDeletes, takeLock } from "./locks.ts";
import { forceUnlock } from "./unlock-dialog.ts";
import { PAYMENTS, PAYMENTS_BUCKET } from "./world.ts";

/** Without versions, AWS cannot tell who removed a lock. */
const test = testIn({ accounts: [{ ...PAYMENTS, buckets: [{ name: PAYMENTS_BUCKET }] }] });

/** Deadline of one half (15 s), what may still be on the wire (20 s), the reconciler's turn, and a busy machine. */
const SETTLED_MS_MAX = 90_000;

test("a delete whose answer is lost is unknown, never released, and the open dialog comes to the outcome by itself", async ({
  world,
  page,
  expectAccessible,
}) => {
  test.setTimeout(SETTLED_MS_MAX + 60_000);
  const { sandbox, api } = world;
  const stateKey = "lost/answer.tfstate";
  await takeLock(world, { stateKey });
  await api.scan();
  sandbox.addFault({ match: { operation: "DeleteObject", keyIncludes: stateKey }, effect: { kind: "drop-after" } });

  const dialog = await forceUnlock(page, await api.lockAt(stateKey), "The answer to this delete is lost.");

  const outcome = outcomeOf(dialog);
  await expect(outcome).toHaveText(/^unknown/i);
  await expect(halfOf(dialog, "S3 half")).toContainText("Unknown");
  await expect(dialog).not.toContainText(/released/i);
  expect((await api.unlocks()).map((unlock) => unlock.outcome)).toEqual(["unknown"]);
  await expectAccessible();

  await expect(outcome, "it settles with no reload").toHaveText(/^gone, not known how$/i, { timeout: SETTLED_MS_MAX });
  await expect(halfOf(dialog, "S3 half")).toContainText("cannot be told");
  await expect(dialog).not.toContainText(/released|unknown/i);
  expect((await api.unlocks()).map((unlock) => unlock.outcome)).toEqual(["gone_unattributed"]);
  expect(sentDeletes(world).map((entry) => entry.operation)).toEqual(["DeleteObject"]);
  expect(hasS3Half(world, stateKey)).toBe(false);
});

test("a pair whose S3 delete is refused is partly released, half by half, and its page then shows what is left", async ({
  world,
  page,
  expectAccessible,
}) => {
  const { sandbox, api } = world;
  const stateKey = "pair/half-refused.tfstate";
  await takeLock(world, { stateKey, mechanism: "both" });
  await api.scan();
  const afterSeq = sentDeletes(world).at(-1)?.seq ?? 0;
  sandbox.addFault({
    match: { operation: "DeleteObject", keyIncludes: stateKey },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });

  const lock = await api.lockAt(stateKey);
  const dialog = await forceUnlock(page, lock, "The delete of its S3 half is refused.");

  await expect(outcomeOf(dialog)).toHaveText(/^partly released$/i);
  await expect(halfOf(dialog, "DynamoDB half")).toContainText("Released");
  await expect(halfOf(dialog, "S3 half")).toContainText("Refused");
  await expect(dialog).toContainText("Finishing it is a new unlock");
  await expectAccessible();
  expect(sentDeletes(world, afterSeq).map((entry) => entry.operation)).toEqual(["DeleteItem", "DeleteObject"]);
  expect([await hasDynamodbHalf(world, stateKey), hasS3Half(world, stateKey)]).toEqual([false, true]);

  await api.scan();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { name: /^S3 half/ })).toBeVisible();
  await expect(main.getByRole("heading", { name: /^DynamoDB half/ })).toHaveCount(0);
  await expect(main.getByRole("button", { name: `Force-unlock ${stateKey}` })).toBeEnabled();
  expect((await api.lockAt(stateKey)).halves.map((half) => half.mechanism)).toEqual(["s3"]);
});

/** The outcome of the whole unlock: the heading inside the dialog, under its title. */
function outcomeOf(dialog: Locator): Locator {
  return dialog.getByRole("heading", { level: 3 });
}

function halfOf(dialog: Locator, name: string): Locator {
  return dialog.getByRole("list", { name: "Halves" }).getByRole("listitem").filter({ hasText: name });
}
