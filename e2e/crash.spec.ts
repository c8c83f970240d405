import { randomUUID } from "node:crypto";
import { expect, testIn } from "./fixtures.ts";
import { hasS3Half, sentDeletes, takeLock } from "./locks.ts";
import type { World } from "./world.ts";

const test = testIn();

/** Deadline of one half (15 s), what may still be on the wire (20 s), and the reconciler's turn (12 s). */
const SETTLED_MS_MAX = 60_000;
const BEFORE_DELETE = "crash/before-delete.tfstate";
const AFTER_DELETE = "crash/after-delete.tfstate";

test("kill -9 around the delete: after a restart each unlock has one outcome, and nothing more was deleted", async ({
  world,
  page,
}) => {
  test.setTimeout(SETTLED_MS_MAX + 60_000);
  const { sandbox, product, api } = world;
  await takeLock(world, { stateKey: BEFORE_DELETE });
  await takeLock(world, { stateKey: AFTER_DELETE });
  await api.scan();
  sandbox.addFault({ match: { operation: "DeleteObject", keyIncludes: BEFORE_DELETE }, effect: { kind: "hang" } });
  const answers = holdAnswers(world, AFTER_DELETE);

  const asked = [await askUnlock(world, BEFORE_DELETE), await askUnlock(world, AFTER_DELETE)];
  await expect
    .poll(() =>
      sentDeletes(world)
        .map((entry) => entry.key)
        .sort(),
    )
    .toEqual([`${AFTER_DELETE}.tflock`, `${BEFORE_DELETE}.tflock`]);
  await answers.held;
  await product.kill();
  await Promise.allSettled(asked.map((one) => one.answer));
  answers.release();
  sandbox.clearFaults();
  await product.start();

  const outcomes = async () => (await api.unlocks()).map((unlock) => unlock.outcome).sort();
  expect(await outcomes(), "until they are settled they are unknown").toEqual(["unknown", "unknown"]);
  await page.goto("/unlocks");
  await expect(
    page
      .getByRole("main")
      .getByText(/^unknown$/i)
      .filter({ visible: true }),
  ).toHaveCount(2);
  await expect.poll(outcomes, { timeout: SETTLED_MS_MAX, intervals: [1_000] }).toEqual(["not_executed", "released"]);

  expect(hasS3Half(world, BEFORE_DELETE)).toBe(true);
  expect(hasS3Half(world, AFTER_DELETE)).toBe(false);
  expect(sentDeletes(world)).toHaveLength(2);
  await expectOneOutcomeEach(world);
  const repeated = await api.unlock(asked[1]?.request ?? fail(), asked[1]?.idempotencyKey);
  expect(repeated.body.outcome).toBe("released");
  expect(sentDeletes(world), "the same idempotency key deletes nothing").toHaveLength(2);
});

/** Lets the delete of one key act, but keeps its answer back. */
function holdAnswers({ sandbox }: World, stateKey: string): { held: Promise<void>; release: () => void } {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const stop = sandbox.onRequest(async ({ operation, key }, phase) => {
    if (operation !== "DeleteObject" || phase !== "after" || !key?.includes(stateKey)) return;
    held.resolve();
    await released.promise;
  });
  return {
    held: held.promise,
    release() {
      stop();
      released.resolve();
    },
  };
}

async function askUnlock({ api }: World, stateKey: string) {
  const { key, lockId, fingerprint } = await api.lockAt(stateKey);
  const request = { key, lockId, fingerprint, reason: "The server is about to be killed." };
  const idempotencyKey = randomUUID();
  const answer = api.unlock(request, idempotencyKey);
  answer.catch(() => "the server died before it answered");
  return { request, idempotencyKey, answer };
}

async function expectOneOutcomeEach({ api }: World): Promise<void> {
  const events = await api.audit();
  for (const { id } of await api.unlocks()) {
    const actions = events.filter((event) => event.unlockId === id).map((event) => event.action);
    expect(actions).toEqual(["unlock.intent", "unlock.settled"]);
  }
}

function fail(): never {
  throw new Error("no such request");
}
