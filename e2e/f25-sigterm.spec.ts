import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { UnlockRequest } from "./api.ts";
import { expect, testIn } from "./fixtures.ts";
import { hasS3Half, sentDeletes, takeLock } from "./locks.ts";
import type { World } from "./world.ts";

const test = testIn();

const EXIT_MS_MAX = 25_000;
/** Deadline, what may still be on the wire, and the reconciler's turn, for one half. */
const SETTLED_MS_MAX = 60_000;

test("F25: an unlock that runs at SIGTERM is finished and answered, nothing new begins, and the server ends in order", async ({
  world,
}) => {
  const { product, api } = world;
  const request = await takeAndShow(world, "sigterm/finished.tfstate");
  const other = await takeAndShow(world, "sigterm/refused.tfstate");
  const delete_ = holdDelete(world, "sigterm/finished.tfstate");
  const answer = api.unlock(request);
  await delete_.held;

  const ended = product.terminate();
  await expect.poll(async () => (await api.call<{ status: string }>("/readyz")).body.status).toBe("draining");
  const ready = await api.call("/readyz");
  const refused = await api.unlock(other);
  delete_.release();
  const { status, body } = await answer;
  const { code, tookMs } = await ended;

  expect(ready.status).toBe(503);
  expect(refused).toMatchObject({
    status: 503,
    body: { error: { code: "unavailable", hint: expect.stringContaining("in a moment") } },
  });
  expect([status, body.outcome]).toEqual([200, "released"]);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(EXIT_MS_MAX);
  await expectPortFree(product.url);
  await product.start();
  await expectOneOutcome(world, body.id, "released", ["unlock.intent", "unlock.outcome"]);
  expect(hasS3Half(world, "sigterm/refused.tfstate")).toBe(true);
});

test("F25: an unlock whose browser has gone is finished all the same", async ({ world }) => {
  const { product, api } = world;
  const request = await takeAndShow(world, "sigterm/closed-tab.tfstate");
  const delete_ = holdDelete(world, "sigterm/closed-tab.tfstate");
  const idempotencyKey = randomUUID();
  const tab = new AbortController();
  const answer = fetch(`${product.url}/api/v1/unlocks`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
    body: JSON.stringify(request),
    signal: tab.signal,
  }).catch(() => "the tab was closed");
  await delete_.held;

  tab.abort();
  await answer;
  const ended = product.terminate();
  await expect.poll(async () => (await api.call<{ status: string }>("/readyz")).body.status).toBe("draining");
  delete_.release();
  const { code, tookMs } = await ended;

  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(EXIT_MS_MAX);
  await product.start();
  const { body } = await api.unlock(request, idempotencyKey);
  await expectOneOutcome(world, body.id, "released", ["unlock.intent", "unlock.outcome"]);
});

test("F25: an unlock that cannot be finished in time is left to the next start, which settles it once", async ({
  world,
}) => {
  test.setTimeout(EXIT_MS_MAX + SETTLED_MS_MAX + 60_000);
  const { sandbox, product, api } = world;
  const request = await takeAndShow(world, "sigterm/unfinished.tfstate");
  const before = sentDeletes(world).length;
  const fault = sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "hang" } });
  const answer = api.unlock(request);
  answer.catch(() => "the server ended before it answered");
  await expect.poll(() => sentDeletes(world).length).toBe(before + 1);

  const { code, tookMs } = await product.terminate();
  await Promise.allSettled([answer]);
  sandbox.removeFault(fault);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(EXIT_MS_MAX);
  await expectPortFree(product.url);
  await product.start();

  const newest = async () => (await api.unlocks())[0];
  await expect
    .poll(async () => (await newest())?.outcome, { timeout: SETTLED_MS_MAX, intervals: [500] })
    .toBe("not_executed");
  expect(sentDeletes(world)).toHaveLength(before + 1);
  expect(hasS3Half(world, "sigterm/unfinished.tfstate")).toBe(true);
  const id = (await newest())?.id ?? "";
  await expectOneOutcome(world, id, "not_executed", ["unlock.intent", "unlock.unknown", "unlock.settled"]);
});

async function takeAndShow(world: World, stateKey: string): Promise<UnlockRequest> {
  await takeLock(world, { stateKey });
  await world.api.scan();
  const { key, lockId, fingerprint } = await world.api.lockAt(stateKey);
  return { key, lockId, fingerprint, reason: "The server is about to be replaced." };
}

/** Lets the delete of one key act, but keeps its answer back. */
function holdDelete({ sandbox }: World, stateKey: string): { held: Promise<void>; release: () => void } {
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

async function expectOneOutcome({ api }: World, id: string, outcome: string, actions: readonly string[]) {
  const found = (await api.unlocks()).filter((unlock) => unlock.id === id);
  expect(found.map((unlock) => unlock.outcome)).toEqual([outcome]);
  const events = (await api.audit()).filter((event) => event.unlockId === id);
  expect(events.map((event) => event.action)).toEqual(actions);
}

async function expectPortFree(url: string): Promise<void> {
  const server = createServer().listen(Number(new URL(url).port), "127.0.0.1");
  await once(server, "listening");
  server.close();
  await once(server, "close");
}
