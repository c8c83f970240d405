import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import { getLock } from "#lib/services/locks/get-lock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createPeople } from "#lib/services/testing/people.ts";
import {
  askFor,
  BUCKET,
  HOLDER_A,
  holdS3,
  lockText,
  notWaiting,
  openWorld,
  readAudit,
  STATE_KEY,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "./force-unlock.ts";
import { listUnlocks } from "./list-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const MINUTE_MS = 60_000;

/** As somebody at this machine whom no other test counts. */
function underPolicy(policy: Partial<UnlockPolicy>): Context {
  const actor = { kind: "person", name: randomUUID(), authenticatedBy: "local" } as const;
  return { ...world.ctx, actor, policies: [aPolicy(policy)] };
}

async function hold() {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  world.sandbox.clearJournal();
  return world.onlyLock();
}

test("a reason without a ticket is refused on record and on the trail, and AWS is asked nothing", async () => {
  const lock = await hold();
  const ctx = underPolicy({ ticket: ["INC-#"] });

  const unlock = notWaiting(await forceUnlock(ctx, askFor(lock)));

  expect(unlock).toMatchObject({ outcome: "refused", intentAtMs: null });
  expect(unlock.halves).toMatchObject([{ outcome: "refused", detail: expect.stringContaining("INC-#") }]);
  expect(world.sandbox.journal()).toEqual([]);
  expect((await readAudit(world)).at(-1)).toMatchObject({ action: "unlock.refused", unlockId: unlock.id });
  const named = await forceUnlock(ctx, askFor(lock, { reason: "INC-4711: the runner died" }));
  expect(named.outcome).toBe("released");
});

test("a lock that is too young is refused with the time from which it is old enough, and goes then", async () => {
  const lock = await hold();
  const ctx = underPolicy({ minAgeMs: { apply: 15 * MINUTE_MS } });

  const young = notWaiting(await forceUnlock(ctx, askFor(lock)));
  expect(young.outcome).toBe("refused");
  expect(young.halves[0]?.detail).toMatch(/must be 15 min old, and it is \d+ s: from \d{4}-.*Z on/);
  expect(world.deletes()).toBe(0);

  world.clock.advance(16 * MINUTE_MS);
  expect((await forceUnlock(ctx, askFor(lock))).outcome).toBe("released");
});

test("within the cool-down of a write of its state nothing is unlocked, and afterwards it is", async () => {
  world.sandbox.putObject(BUCKET, STATE_KEY, "{}");
  const lock = await hold();
  const ctx = underPolicy({ coolDownMs: 5 * MINUTE_MS });

  expect(await forceUnlock(ctx, askFor(lock))).toMatchObject({
    outcome: "refused",
    halves: [{ detail: expect.stringContaining("within 5 min of a write of its state") }],
  });
  expect(world.deletes()).toBe(0);

  world.clock.advance(6 * MINUTE_MS);
  expect((await forceUnlock(ctx, askFor(lock))).outcome).toBe("released");
  world.sandbox.deleteObject(BUCKET, STATE_KEY);
});

test("where nobody else can sign in, whoever is too fast waits until the rate allows the next", async () => {
  const ctx = underPolicy({ rate: { unlocks: 2, perMs: 10 * MINUTE_MS } });
  for (const outcome of ["released", "released", "refused"]) {
    const lock = await hold();
    expect((await forceUnlock(ctx, askFor(lock))).outcome).toBe(outcome);
  }
  world.clock.advance(11 * MINUTE_MS);
  expect((await forceUnlock(ctx, askFor(await world.onlyLock()))).outcome).toBe("released");
});

test("what was turned down does not count towards the rate", async () => {
  const lock = await hold();
  const ctx = underPolicy({ rate: { unlocks: 1, perMs: 10 * MINUTE_MS }, ticket: ["INC-#"] });

  for (let count = 0; count < 3; count += 1) await forceUnlock(ctx, askFor(lock));

  expect((await forceUnlock(ctx, askFor(lock, { reason: "INC-1: it died" }))).outcome).toBe("released");
});

test("the intent tells of each rule how it was judged", async () => {
  const lock = await hold();
  const ctx = underPolicy({ ticket: ["INC-#"], coolDownMs: MINUTE_MS });

  const unlock = notWaiting(await forceUnlock(ctx, askFor(lock, { reason: "INC-1: it died" })));

  const intent = (await readAudit(world)).find(
    (event) => event["action"] === "unlock.intent" && event["unlockId"] === unlock.id,
  );
  expect(intent).toMatchObject({
    details: {
      policy: [
        { rule: "ticket", verdict: "met" },
        { rule: "cool_down", verdict: "unknown" },
      ],
    },
  });
});

test("the permission and a fresh sign-in are asked for before the policy, and leave no record of it", async () => {
  const lock = await hold();
  const people = createPeople(world.ctx, [aPolicy({ ticket: ["INC-#"] })]);

  await expect(forceUnlock(people.as("vera", ["viewer"]), askFor(lock))).rejects.toMatchObject({ code: "refused" });
  const sam = people.as("sam", ["unlocker"]);
  const stale = { ...sam, now: () => sam.now() + 6 * MINUTE_MS };
  await expect(forceUnlock(stale, askFor(lock))).rejects.toMatchObject({ code: "sign_in_again" });
  expect((await listUnlocks(sam, { limit: 100, actor: "sam" })).unlocks).toEqual([]);
});

test("a lock's page tells what would be asked before anybody asks", async () => {
  const lock = await hold();
  const people = createPeople(world.ctx, [
    aPolicy({ ticket: ["INC-#"], minAgeMs: { apply: 15 * MINUTE_MS }, isApprovalRequired: true }),
  ]);
  const sam = people.as("sam", ["unlocker"], { nameApprovers: () => ["sre-leads"] });

  expect((await getLock(sam, lock.key)).terms).toMatchObject({
    verdict: "refused",
    tickets: [["INC-#"]],
    approvers: ["sre-leads"],
    findings: [
      { rule: "ticket", verdict: "met" },
      { rule: "minimum_age", verdict: "refused", passesAt: expect.stringMatching(/Z$/) },
      { rule: "approval", verdict: "needs_approval" },
    ],
    approval: null,
    breakGlass: null,
  });
  world.clock.advance(16 * MINUTE_MS);
  expect((await getLock(sam, lock.key)).terms).toMatchObject({
    verdict: "needs_approval",
    breakGlass: [expect.stringContaining("second person")],
  });
  const vera = people.as("vera", ["viewer"]);
  expect((await getLock(vera, lock.key)).terms).toMatchObject({ breakGlass: null });
  expect((await getLock(world.ctx, lock.key)).terms, "without policies").toBeNull();
});
