import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import { decideApproval } from "#lib/services/approvals/decide-approval.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { aPerson, createPeople, type People } from "#lib/services/testing/people.ts";
import {
  askFor,
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  holdS3,
  LOCK_KEY,
  lockText,
  notWaiting,
  openWorld,
  readAudit,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";

let world: World;
let people: People;
let sam: Context;
let ada: Context;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  people = createPeople(world.ctx, [aPolicy({ isApprovalRequired: true })]);
  sam = people.as("sam", ["unlocker"]);
  ada = people.as("ada", ["approver"]);
});
afterAll(() => world.close());

async function askToUnlock() {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  world.sandbox.clearJournal();
  const request = askFor(await world.onlyLock());
  const waiting = await forceUnlock(sam, request);
  if (waiting.outcome !== "waiting") throw new Error(`It did not wait: ${waiting.outcome}.`);
  return { request, id: waiting.approval.id };
}

function approve(ctx: Context, id: string) {
  return decideApproval(ctx, { id, decision: "approve", comment: "" });
}

async function expectVoid(id: string, note: string): Promise<void> {
  expect(await world.ctx.approvals.find(id)).toMatchObject({ state: "void", endNote: expect.stringContaining(note) });
  expect((await readAudit(world)).filter((event) => event["action"] === "approval.voided").at(-1)).toMatchObject({
    details: { approvalId: id, problem: expect.stringContaining(note) },
  });
  expect(world.deletes()).toBe(0);
}

test("F30: after the approval the lock changes, and a sweep saw it: the approval is void, nothing is deleted", async () => {
  const { request, id } = await askToUnlock();
  await approve(ada, id);
  holdS3(world, lockText(HOLDER_B));
  await world.scan();

  expect((await forceUnlock(sam, request)).outcome).toBe("changed");
  const again = askFor(await world.onlyLock());
  expect(await forceUnlock(sam, again), "the new lock takes an approval of its own").toMatchObject({
    outcome: "waiting",
    approval: { state: "pending", fingerprint: again.fingerprint },
  });
  await expectVoid(id, "changed");
});

test("F30: after the approval the lock changes, and nobody saw it: the fresh read does, and the approval is void", async () => {
  const { request, id } = await askToUnlock();
  await approve(ada, id);
  holdS3(world, lockText(HOLDER_B));

  expect((await forceUnlock(sam, request)).outcome).toBe("changed");
  await expectVoid(id, "changed");
});

test("F30: after the approval the lock goes: the approval is void and cannot serve the next one", async () => {
  const { request, id } = await askToUnlock();
  await approve(ada, id);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);

  expect((await forceUnlock(sam, request)).outcome).toBe("already_gone");
  await expectVoid(id, "gone");
});

test.each([
  ["loses the role", ["viewer"] as const, "may not approve it any more"],
  ["is disabled", null, "may not sign in any more"],
])(
  "F30: after the approval whoever gave it %s: the approval is void, nothing is deleted",
  async (_what, roles, note) => {
    const { request, id } = await askToUnlock();
    await approve(ada, id);
    people.change("ada", roles);

    const unlock = notWaiting(await forceUnlock(sam, request));

    expect(unlock).toMatchObject({ outcome: "refused", halves: [{ detail: expect.stringContaining(note) }] });
    await expectVoid(id, note);
  },
);

test("F30: whoever gave the approval loses the role while AWS is read: the approval is void, nothing is deleted", async () => {
  const { request, id } = await askToUnlock();
  await approve(ada, id);
  const stop = world.sandbox.onRequest(({ operation }) => {
    if (operation === "GetObject") people.change("ada", null);
  });

  expect((await forceUnlock(sam, request)).outcome).toBe("refused");
  stop();
  await expectVoid(id, "may not sign in any more");
});

test("F30: whether the approver still may cannot be told: nothing is deleted, and the approval stays", async () => {
  const { request, id } = await askToUnlock();
  await approve(ada, id);
  const accessOf = () => Promise.reject(new Error("no answer"));

  await expect(forceUnlock({ ...sam, accessOf }, request)).rejects.toThrow("no answer");

  expect(world.deletes()).toBe(0);
  expect((await forceUnlock(sam, request)).outcome).toBe("released");
});

test("F30: the requester approves by a second account with the same sub: refused, and it stays pending", async () => {
  const { request, id } = await askToUnlock();
  const second: Context = {
    ...people.as("sam's other account", ["approver", "unlocker"]),
    actor: { ...aPerson("sam"), issuer: "https://login.other.example" },
  };

  await expect(approve(second, id)).rejects.toMatchObject({ code: "refused" });

  expect(await world.ctx.approvals.find(id)).toMatchObject({ state: "pending" });
  expect((await forceUnlock(sam, request)).outcome).toBe("waiting");
  expect(world.deletes()).toBe(0);
});
