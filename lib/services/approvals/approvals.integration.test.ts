import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { NO_ACCESS } from "#lib/domain/access/access.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { Approval } from "#lib/domain/approval.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { aPerson, createPeople, type People } from "#lib/services/testing/people.ts";
import {
  askFor,
  HOLDER_A,
  HOLDER_B,
  heldItem,
  holdDynamodb,
  holdS3,
  lockText,
  notWaiting,
  openWorld,
  readAudit,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { getUnlock } from "#lib/services/unlocks/list-unlocks.ts";
import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";
import { decideApproval } from "./decide-approval.ts";
import { countWaiting, getApproval, listApprovals } from "./list-approvals.ts";
import { settleApprovals } from "./settle-approvals.ts";

let world: World;
let people: People;
let sam: Context;
let ada: Context;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  await settleApprovals(world.ctx);
  people = createPeople(world.ctx, [aPolicy({ isApprovalRequired: true })]);
  sam = people.as("sam", ["unlocker"]);
  ada = people.as("ada", ["approver"]);
});
afterAll(() => world.close());

const MINUTE_MS = 60_000;

async function hold(text = lockText(HOLDER_A)): Promise<Lock> {
  holdS3(world, text);
  await world.scan();
  world.sandbox.clearJournal();
  return world.onlyLock();
}

async function ask(ctx: Context, request: UnlockRequest): Promise<Approval> {
  const answer = await forceUnlock(ctx, request);
  if (answer.outcome !== "waiting") throw new Error(`It did not wait: ${answer.outcome}.`);
  return answer.approval;
}

function approve(ctx: Context, { id }: Approval, comment = "seen the same") {
  return decideApproval(ctx, { id, decision: "approve", comment });
}

async function eventsOf({ id }: Approval): Promise<readonly (readonly [unknown, unknown])[]> {
  const events = await readAudit(world);
  return events
    .filter((event) => (event["details"] as Record<string, unknown>)["approvalId"] === id)
    .map((event) => [event["action"], (event["actor"] as Record<string, unknown>)["name"]] as const);
}

test("asked for, approved by another and sent again it is carried out once, and the record names both", async () => {
  const lock = await hold();
  const request = askFor(lock);
  const waiting = await ask(sam, request);
  expect(waiting).toMatchObject({ state: "pending", requester: aPerson("sam"), reason: request.reason });
  expect(world.sandbox.journal()).toEqual([]);
  expect((await ask(sam, request)).id, "the same request again").toBe(waiting.id);

  await approve(ada, waiting, "I looked: the runner is gone.");
  const unlock = notWaiting(await forceUnlock(sam, request));

  expect(unlock.outcome).toBe("released");
  expect(world.deletes()).toBe(1);
  expect(notWaiting(await forceUnlock(sam, request)).id).toBe(unlock.id);
  expect(await eventsOf(waiting)).toEqual([
    ["approval.requested", "sam"],
    ["approval.given", "ada"],
  ]);
  const intent = (await readAudit(world)).find(
    (event) => event["action"] === "unlock.intent" && event["unlockId"] === unlock.id,
  );
  expect(intent).toMatchObject({
    details: {
      approval: {
        approvalId: waiting.id,
        requestedBy: "sam",
        approver: aPerson("ada"),
        approverComment: "I looked: the runner is gone.",
      },
    },
  });
  expect((await getUnlock(sam, unlock.id)).approval).toMatchObject({
    state: "used",
    approvedBy: "ada",
    comment: "I looked: the runner is gone.",
    unlockId: unlock.id,
  });
});

test("another idempotency key of the same person carries out what was approved", async () => {
  const lock = await hold();
  const waiting = await ask(sam, askFor(lock));
  expect((await ask(sam, askFor(lock))).id, "one request at a time").toBe(waiting.id);
  await approve(ada, waiting);

  expect((await forceUnlock(sam, askFor(lock))).outcome).toBe("released");
});

test("an approval is of one reason: with another nothing is done", async () => {
  const lock = await hold();
  const waiting = await ask(sam, askFor(lock));
  await approve(ada, waiting);

  const other = forceUnlock(sam, askFor(lock, { reason: "something else altogether" }));

  await expect(other).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("another reason") });
  expect(world.deletes()).toBe(0);
});

test("a key that asked for one unlock cannot ask for another", async () => {
  const lock = await hold();
  const request = askFor(lock);
  await ask(sam, request);

  const other = forceUnlock(sam, { ...request, reason: "something else altogether" });

  await expect(other).rejects.toMatchObject({ code: "invalid" });
});

test("what one person may do another may not: the approval is of who asked", async () => {
  const lock = await hold();
  await approve(ada, await ask(sam, askFor(lock)));

  expect((await ask(people.as("tom", ["unlocker"]), askFor(lock))).state).toBe("pending");
  expect(world.deletes()).toBe(0);
});

test.each([
  ["one's own request", (ctx: Context) => ({ ...ctx, access: people.as("root", ["admin"]).access }), "own request"],
  [
    "one's own request, asked for with a token",
    (ctx: Context) => ({ ...ctx, access: people.as("root", ["admin"]).access, actor: aPerson("sam") }),
    "own request",
  ],
  [
    "one's own request by a second account of the same subject",
    () => people.as("root", ["admin"], { actor: { ...aPerson("sam"), issuer: "https://other.example" } }),
    "same subject",
  ],
  [
    "by a token of somebody who may",
    () => people.as("root", ["admin"], { actor: { ...aPerson("ada"), authenticatedBy: "token", tokenId: "t" } }),
    "token",
  ],
  [
    "by a token as it is limited",
    () =>
      people.as("root", ["admin"], {
        access: { ...people.as("root", ["admin"]).access, limit: { roles: ["admin"], scope: EVERYWHERE } },
      }),
    "does not allow",
  ],
  ["without the role", () => people.as("una", ["unlocker"]), "does not allow"],
  ["by somebody at this machine", () => ({ ...world.ctx, policies: sam.policies }), "signed in"],
] as const)("nobody approves %s, and the attempt is on the trail", async (what, asWhom, problem) => {
  const lock = await hold();
  const asker: Context = what.includes("asked for with a token")
    ? { ...sam, actor: { ...aPerson("sam"), authenticatedBy: "token", tokenId: "t" } }
    : sam;
  const waiting = await ask(asker, askFor(lock));

  await expect(approve(asWhom(sam), waiting)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining(problem),
  });

  expect(await world.ctx.approvals.find(waiting.id)).toMatchObject({ state: "pending" });
  expect((await readAudit(world)).at(-1)).toMatchObject({ action: "access.denied" });
});

test("approving asks for a fresh sign-in, denying does not", async () => {
  const waiting = await ask(sam, askFor(await hold()));
  const stale: Context = {
    ...ada,
    signIn: { kind: "session", sessionId: "s", signedInAtMs: ada.now() - 6 * MINUTE_MS },
  };

  await expect(approve(stale, waiting)).rejects.toMatchObject({ code: "sign_in_again" });
  const denied = await decideApproval(stale, {
    id: waiting.id,
    decision: "deny",
    comment: "the run is alive, I asked",
  });
  expect(denied).toMatchObject({ state: "denied", endNote: "the run is alive, I asked" });
});

test("a denial answers the request that asked, on the record, and with a new key one may ask again", async () => {
  const lock = await hold();
  const request = askFor(lock);
  const waiting = await ask(sam, request);
  await expect(decideApproval(ada, { id: waiting.id, decision: "deny", comment: "no" })).rejects.toMatchObject({
    code: "invalid",
  });
  await decideApproval(ada, { id: waiting.id, decision: "deny", comment: "the run is alive, I asked" });

  const answer = notWaiting(await forceUnlock(sam, request));
  expect(answer).toMatchObject({ outcome: "refused", intentAtMs: null });
  expect(answer.halves[0]?.detail).toMatch(/denied.*ada.*the run is alive/);
  expect((await ask(sam, askFor(lock))).state).toBe("pending");
  expect(world.deletes()).toBe(0);
});

test("who asked withdraws, nobody else does, and what was approved can be taken back", async () => {
  const lock = await hold();
  const first = await ask(sam, askFor(lock));
  const withdrawal = { id: first.id, decision: "withdraw", comment: "" } as const;
  await expect(decideApproval(ada, withdrawal)).rejects.toMatchObject({ code: "refused" });
  await approve(ada, first);
  expect(await decideApproval(sam, withdrawal)).toMatchObject({ state: "withdrawn" });
  await expect(approve(ada, first)).rejects.toMatchObject({
    code: "changed",
    message: expect.stringContaining("withdrawn"),
  });

  const second = await ask(sam, askFor(lock));
  await approve(ada, second);
  await decideApproval(ada, { id: second.id, decision: "deny", comment: "I was wrong: it is alive" });
  expect((await ask(sam, askFor(lock))).state, "a new request").toBe("pending");
  expect(world.deletes()).toBe(0);
});

test("a request expires by the policy, whoever looks first, and is not approved then", async () => {
  people = createPeople(world.ctx, [aPolicy({ isApprovalRequired: true, approvalExpiresMs: 30 * MINUTE_MS })]);
  sam = people.as("sam", ["unlocker"]);
  const request = askFor(await hold());
  const waiting = await ask(sam, request);
  world.clock.advance(31 * MINUTE_MS);
  ada = people.as("ada", ["approver"]);
  sam = people.as("sam");

  await expect(approve(ada, waiting)).rejects.toMatchObject({
    code: "changed",
    message: expect.stringContaining("expired"),
  });
  expect(notWaiting(await forceUnlock(sam, request)).outcome).toBe("refused");
  expect(await eventsOf(waiting)).toEqual([
    ["approval.requested", "sam"],
    ["approval.expired", "reconciler"],
  ]);
});

test("what was approved expires too", async () => {
  const request = askFor(await hold());
  const waiting = await ask(sam, request);
  await approve(ada, waiting);
  world.clock.advance(61 * MINUTE_MS);

  expect(notWaiting(await forceUnlock(people.as("sam"), request)).outcome).toBe("refused");
  expect(world.deletes()).toBe(0);
});

test("a lock that changed since nobody looked is noticed when somebody approves", async () => {
  const waiting = await ask(sam, askFor(await hold()));
  holdS3(world, lockText(HOLDER_B));

  await expect(approve(ada, waiting)).rejects.toMatchObject({
    code: "changed",
    message: expect.stringContaining("void"),
  });
  expect(await eventsOf(waiting)).toEqual([
    ["approval.requested", "sam"],
    ["approval.voided", "reconciler"],
  ]);
});

test("one half that changed is enough to make it void", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  const waiting = await ask(sam, askFor(await hold()));
  await holdDynamodb(world, lockText(HOLDER_B));

  await expect(approve(ada, waiting)).rejects.toMatchObject({ code: "changed" });
  expect(await heldItem(world)).not.toBeNull();
});

test("a lock that cannot be read now is not approved, and the request stays", async () => {
  const waiting = await ask(sam, askFor(await hold()));
  const fault = world.sandbox.addFault({ match: { operation: "GetObject" }, effect: { kind: "drop-before" } });

  await expect(approve(ada, waiting)).rejects.toMatchObject({ code: "unavailable" });
  world.sandbox.removeFault(fault);
  expect(await world.ctx.approvals.find(waiting.id)).toMatchObject({ state: "pending" });
  expect((await approve(ada, waiting)).state).toBe("approved");
});

test("the job ends what expired and what lost its lock, and leaves the others", async () => {
  const lock = await hold();
  const waiting = await ask(sam, askFor(lock));
  expect(await settleApprovals(world.ctx)).toEqual({ settled: 0 });
  await world.unlock(lock);

  expect(await settleApprovals(world.ctx)).toEqual({ settled: 1 });
  expect(await world.ctx.approvals.find(waiting.id)).toMatchObject({ state: "void", endNote: "The lock is gone." });
});

test("whoever is over the rate waits for a second person, and within it for nobody", async () => {
  people = createPeople(world.ctx, [aPolicy({ rate: { unlocks: 1, perMs: 10 * MINUTE_MS } })]);
  const fast = people.as(randomUUID(), ["unlocker"]);
  expect((await forceUnlock(fast, askFor(await hold()))).outcome).toBe("released");

  const request = askFor(await hold());
  const waiting = await ask(fast, request);
  expect(waiting.because).toContain("1 unlock within 10 min");
  await approve(people.as("ada", ["approver"]), waiting);
  expect((await forceUnlock(fast, request)).outcome).toBe("released");
});

test("the list shows each what waits for them, what is theirs, and what is past", async () => {
  const waiting = await ask(sam, askFor(await hold()));
  const idsOf = async (ctx: Context, list?: "waiting" | "yours" | "past") =>
    (await listApprovals(ctx, { list, limit: 100 })).approvals.map(({ id }) => id);

  expect(await idsOf(ada, "waiting")).toEqual([waiting.id]);
  expect(await countWaiting(ada)).toBe(1);
  expect(await idsOf(sam, "yours")).toEqual([waiting.id]);
  expect(await idsOf(sam, "waiting")).toEqual([]);
  expect(await countWaiting(sam)).toBe(0);
  expect(await idsOf(ada, "yours")).toEqual([]);
  expect(await idsOf(people.as("vera", ["viewer"]))).toContain(waiting.id);
  const nobody: Context = { ...people.as("nina", ["viewer"]), access: NO_ACCESS };
  expect(await idsOf(nobody)).toEqual([]);
  await expect(getApproval(nobody, waiting.id)).rejects.toMatchObject({ code: "not_found" });

  await decideApproval(ada, { id: waiting.id, decision: "deny", comment: "the run is alive, I asked" });
  expect(await idsOf(ada, "waiting")).toEqual([]);
  expect(await idsOf(sam, "yours")).toEqual([]);
  expect(await idsOf(sam, "past")).toContain(waiting.id);
});

test("a request shows its lock as it was and as it is, and whether the reader can decide", async () => {
  const lock = await hold();
  const waiting = await ask(sam, askFor(lock));

  const theirs = await getApproval(ada, waiting.id);
  expect(theirs).toMatchObject({ isYours: false, canDecide: true, cannotDecide: null, lockNow: { verdict: "same" } });
  // But for the age, which went on between the two.
  expect(theirs.shown.summary.replace(/ \d+ \w+/, "")).toBe(lock.summary.replace(/ \d+ \w+/, ""));
  expect(await getApproval(sam, waiting.id)).toMatchObject({ isYours: true, canDecide: false });

  holdS3(world, lockText(HOLDER_B, { who: "tom@laptop" }));
  await world.scan();
  expect(await getApproval(ada, waiting.id)).toMatchObject({
    state: "void",
    canDecide: false,
    lockNow: { verdict: "changed", summary: expect.stringContaining("tom@laptop") },
  });
});
