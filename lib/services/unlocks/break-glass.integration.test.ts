import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Access } from "#lib/domain/access/access.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { aPerson, createPeople, type People } from "#lib/services/testing/people.ts";
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
import { listOpenBreakGlass, reviewBreakGlass } from "./break-glass.ts";
import { forceUnlock } from "./force-unlock.ts";
import { getUnlock } from "./list-unlocks.ts";

let world: World;
let people: People;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const MINUTE_MS = 60_000;
const APPROVAL = { isApprovalRequired: true };

function underPolicy(...policies: Parameters<typeof aPolicy>[0][]): People {
  people = createPeople(world.ctx, policies.map(aPolicy));
  return people;
}

async function hold() {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  world.sandbox.clearJournal();
  return world.onlyLock();
}

async function breakGlass(ctx: Context) {
  const lock = await hold();
  return notWaiting(await forceUnlock(ctx, askFor(lock, { isBreakGlass: true })));
}

test("broken glass goes past approval and cool-down, and is told at once, on the trail with its intent and in the log", async () => {
  world.sandbox.putObject(BUCKET, STATE_KEY, "{}");
  const told: string[] = [];
  const sam = underPolicy({ ...APPROVAL, coolDownMs: 5 * MINUTE_MS }).as("sam", ["unlocker"], {
    hurryDeliveries: () => told.push(`deliveries after ${world.deletes()} deletes`),
    log: { ...world.ctx.log, error: (_fields, message) => told.push(message) },
  });

  const unlock = await breakGlass(sam);

  expect(unlock.outcome).toBe("released");
  expect(told).toEqual([expect.stringContaining("the glass was broken"), "deliveries after 0 deletes"]);
  const events = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id);
  expect(events.map((event) => event["action"])).toEqual(["break_glass.used", "unlock.intent", "unlock.outcome"]);
  const skipped = ["cool_down", "approval"];
  expect(events).toMatchObject([
    { actor: aPerson("sam"), details: { skipped, reason: unlock.reason } },
    { details: { breakGlass: { skipped } } },
    {},
  ]);
  expect((await getUnlock(sam, unlock.id)).breakGlass).toMatchObject({ actor: "sam", skipped, reviewedBy: null });
  world.sandbox.deleteObject(BUCKET, STATE_KEY);
});

test.each([
  ["a ticket", { ...APPROVAL, ticket: ["INC-#"] }, "INC-#"],
  ["the minimum age", { ...APPROVAL, minAgeMs: { apply: 15 * MINUTE_MS } }, "15 min old"],
  ["a policy that refuses it", { ...APPROVAL, isBreakGlassAllowed: false }, "does not allow to break the glass"],
])("broken glass does not go past %s", async (_what, policy, problem) => {
  const unlock = await breakGlass(underPolicy(policy).as("sam", ["unlocker"]));

  expect(unlock).toMatchObject({ outcome: "refused", halves: [{ detail: expect.stringContaining(problem) }] });
  expect(world.deletes()).toBe(0);
  expect(await world.ctx.breakGlass.find(unlock.id)).toBeNull();
});

test("without a policy there is no glass to break", async () => {
  expect((await breakGlass(underPolicy().as("sam", ["unlocker"]))).outcome).toBe("refused");
  expect(world.deletes()).toBe(0);
});

test("broken glass does not go past a lock that changed", async () => {
  const sam = underPolicy(APPROVAL).as("sam", ["unlocker"]);
  const lock = await hold();
  holdS3(world, lockText("cccccccc-1111-2222-3333-444444444444"));

  const unlock = notWaiting(await forceUnlock(sam, askFor(lock, { isBreakGlass: true })));

  expect(unlock.outcome).toBe("changed");
  expect(world.deletes()).toBe(0);
  expect(await world.ctx.breakGlass.find(unlock.id)).toBeNull();
});

test("a token, and whoever has no such permission, breaks no glass", async () => {
  const lock = await hold();
  const sam = underPolicy(APPROVAL).as("sam", ["unlocker"]);
  const limited: Access = { ...sam.access, limit: { roles: ["unlocker"], scope: EVERYWHERE } };
  const asked = askFor(lock, { isBreakGlass: true });

  await expect(forceUnlock({ ...sam, access: limited }, asked)).rejects.toMatchObject({ code: "refused" });
  await expect(forceUnlock(people.as("ada", ["approver"]), asked)).rejects.toMatchObject({ code: "refused" });
  expect(world.deletes()).toBe(0);
});

test("broken glass asks for a fresh sign-in", async () => {
  const lock = await hold();
  const sam = underPolicy(APPROVAL).as("sam", ["unlocker"]);
  const stale: Context = {
    ...sam,
    signIn: { kind: "session", sessionId: "s", signedInAtMs: sam.now() - 6 * MINUTE_MS },
  };

  const attempt = forceUnlock(stale, askFor(lock, { isBreakGlass: true }));

  await expect(attempt).rejects.toMatchObject({ code: "sign_in_again" });
});

test("broken glass shows until somebody else reviews it, once, and only to who may see it", async () => {
  const sam = underPolicy(APPROVAL).as("sam", ["unlocker", "auditor"]);
  const { id: unlockId } = await breakGlass(sam);
  const rita = people.as("rita", ["auditor"]);
  const comment = "I looked: the runner was dead.";
  const isOpenTo = async (ctx: Context) =>
    (await listOpenBreakGlass(ctx)).some((broken) => broken.unlockId === unlockId);

  expect(await isOpenTo(sam)).toBe(true);
  expect(await isOpenTo(rita)).toBe(true);
  expect(await isOpenTo({ ...people.as("nina", ["viewer"]), access: { grants: [], limit: null } })).toBe(false);

  await expect(reviewBreakGlass(sam, { unlockId, comment })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("yourself"),
  });
  const again = { ...sam, actor: { ...aPerson("sam"), issuer: "https://other.example" } };
  await expect(reviewBreakGlass(again, { unlockId, comment })).rejects.toMatchObject({ code: "refused" });
  const una = people.as("una", ["unlocker"]);
  await expect(reviewBreakGlass(una, { unlockId, comment })).rejects.toMatchObject({ code: "refused" });
  await expect(reviewBreakGlass(rita, { unlockId, comment: "ok" })).rejects.toMatchObject({ code: "invalid" });
  expect(await isOpenTo(rita)).toBe(true);

  expect(await reviewBreakGlass(rita, { unlockId, comment })).toMatchObject({ reviewedBy: "rita", comment });

  expect(await isOpenTo(rita)).toBe(false);
  await expect(reviewBreakGlass(rita, { unlockId, comment })).rejects.toMatchObject({ code: "changed" });
  expect((await readAudit(world)).at(-1)).toMatchObject({
    action: "break_glass.reviewed",
    unlockId,
    details: { comment },
  });
});

test("an unlock without broken glass has nothing to review", async () => {
  const unlock = await world.unlock(await hold());

  const review = reviewBreakGlass(world.ctx, { unlockId: unlock.id, comment: "nothing to see here" });

  await expect(review).rejects.toMatchObject({ code: "not_found" });
});
