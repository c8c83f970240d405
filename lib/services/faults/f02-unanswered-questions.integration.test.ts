import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import { decideApproval } from "#lib/services/approvals/decide-approval.ts";
import { settleApprovals } from "#lib/services/approvals/settle-approvals.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createPeople, type People } from "#lib/services/testing/people.ts";
import { askFor, HOLDER_A, holdS3, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";

let world: World;
let people: People;
let sam: Context;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  await settleApprovals(world.ctx);
  people = createPeople(world.ctx, [aPolicy({ isApprovalRequired: true, rate: { unlocks: 1_000, perMs: 60_000 } })]);
  sam = people.as("sam", ["unlocker"]);
});
afterAll(() => world.close());

/** Everything outside of the process that an unlock could ask, but AWS. */
const PORTS = ["accessOf", "approvals", "audit", "breakGlass", "rates", "restores", "sightings", "unlocks"] as const;

/** `ask` is called with the name of each question, and its answer is waited for before that of the port. */
function watched(ctx: Context, ask: (question: string) => Promise<void>): Context {
  const watch =
    (name: string, method: (...given: unknown[]) => unknown) =>
    async (...given: unknown[]) => {
      await ask(name);
      return method(...given);
    };
  const ports = PORTS.map((name) => {
    const port: unknown = ctx[name];
    if (typeof port === "function") return [name, watch(name, port as (...given: unknown[]) => unknown)];
    const methods = Object.entries(port as Record<string, unknown>).map(([method, value]) => [
      method,
      typeof value === "function" ? watch(`${name}.${method}`, value as (...given: unknown[]) => unknown) : value,
    ]);
    return [name, Object.fromEntries(methods)];
  });
  return { ...ctx, ...Object.fromEntries(ports) };
}

async function prepare(isBreakGlass: boolean): Promise<UnlockRequest> {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const request = askFor(await world.onlyLock(), { isBreakGlass });
  if (!isBreakGlass) {
    const waiting = await forceUnlock(sam, request);
    if (waiting.outcome !== "waiting") throw new Error(`It did not wait: ${waiting.outcome}.`);
    await decideApproval(people.as("ada", ["approver"]), { id: waiting.approval.id, decision: "approve", comment: "" });
  }
  world.sandbox.clearJournal();
  return request;
}

/** What an unlock that works asks before its delete, in order. */
async function listQuestions(isBreakGlass: boolean): Promise<readonly string[]> {
  const request = await prepare(isBreakGlass);
  const asked: string[] = [];
  const before = Promise.withResolvers<readonly string[]>();
  const stop = world.sandbox.onRequest(({ operation }) => {
    if (operation === "DeleteObject") before.resolve([...asked]);
  });
  const ctx = watched(sam, async (question) => void asked.push(question));
  expect((await forceUnlock(ctx, request)).outcome).toBe("released");
  stop();
  return before.promise;
}

test.each([
  ["that a second person approved", false, ["accessOf", "approvals.findByIdempotencyKey"]],
  ["that breaks the glass", true, []],
])(
  "F2: whatever an unlock %s asks before its delete: without an answer nothing is written to AWS",
  async (_name, isBreakGlass, ofTheirOwn) => {
    const questions = await listQuestions(isBreakGlass);
    const ofBoth = ["rates.take", "unlocks.listIntentTimes", "restores.listUnsettled", "unlocks.begin"];
    expect(questions).toEqual(expect.arrayContaining([...ofBoth, ...ofTheirOwn]));
    const request = await prepare(isBreakGlass);

    for (const [at, question] of questions.entries()) {
      let count = 0;
      const silent = watched(sam, async () => {
        count += 1;
        if (count === at + 1) throw new Error("no answer");
      });
      await expect(forceUnlock(silent, request), question).rejects.toThrow("no answer");
      expect(world.sandbox.journal({ isWrite: true }), question).toEqual([]);
    }

    expect((await forceUnlock(sam, request)).outcome, "once there is an answer again").toBe("released");
  },
);
