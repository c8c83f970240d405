import { expect, testIn } from "./fixtures.ts";
import { hasS3Half, sentDeletes, takeLock } from "./locks.ts";
import { fillDialog, openDialog } from "./unlock-dialog.ts";

const test = testIn();

test("a lock that changed hands between view and click is left alone, and the new holder is shown", async ({
  world,
  page,
}) => {
  const stateKey = "changed/before-the-read.tfstate";
  const lockId = await takeLock(world, { stateKey, who: "alice@laptop" });
  await world.api.scan();
  const dialog = await openDialog(page, await world.api.lockAt(stateKey));
  await fillDialog(dialog, { lockId, reason: "The run of alice is dead." });

  await takeLock(world, { stateKey, who: "bob@build-7", ageMs: 0 });
  await dialog.getByRole("button", { name: `Force-unlock ${stateKey}` }).click();

  await expect(dialog).toContainText("Nothing was deleted");
  await expect(dialog).toContainText("bob@build-7");
  expect(sentDeletes(world)).toEqual([]);
  expect(hasS3Half(world, stateKey)).toBe(true);
});

test("a lock that changes hands between the fresh read and the delete survives, because the delete is conditional", async ({
  world,
  page,
}) => {
  const stateKey = "changed/before-the-delete.tfstate";
  const lockId = await takeLock(world, { stateKey, who: "alice@laptop" });
  await world.api.scan();
  const dialog = await openDialog(page, await world.api.lockAt(stateKey));
  await fillDialog(dialog, { lockId, reason: "The run of alice is dead." });

  const stop = world.sandbox.onRequest(async ({ operation, key }, phase) => {
    if (operation === "DeleteObject" && phase === "before" && key?.includes(stateKey)) {
      stop();
      await takeLock(world, { stateKey, who: "carol@build-9", ageMs: 0 });
    }
  });
  await dialog.getByRole("button", { name: `Force-unlock ${stateKey}` }).click();

  await expect(dialog).toContainText("Nothing was deleted");
  await expect(dialog).toContainText("carol@build-9");
  expect(sentDeletes(world).map((entry) => entry.status)).toEqual([412]);
  expect(hasS3Half(world, stateKey)).toBe(true);
});
