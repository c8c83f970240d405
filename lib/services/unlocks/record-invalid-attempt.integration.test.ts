import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { openWorld, readAudit, type World } from "#lib/services/testing/world.ts";
import { forceUnlock } from "./force-unlock.ts";
import { recordInvalidAttempt } from "./record-invalid-attempt.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const INVALID = new AppError("reason: says too little.", { code: "invalid", hint: "" });

/** The events of one test; each has a request id of its own. */
function asking(requestId: string, over: Partial<Context> = {}) {
  const ctx: Context = { ...world.ctx, requestId, audit: { ...world.ctx.audit }, ...over };
  const events = async () => (await readAudit(world)).filter((event) => event["requestId"] === requestId);
  return { ctx, events };
}

test("an attempt that cannot be an unlock is on the trail with what was asked and why it was refused", async () => {
  const { ctx, events } = asking("invalid");
  const body = { key: "k", lockId: null, fingerprint: "f", reason: "short", more: "is not kept" };

  await recordInvalidAttempt(ctx, { body, idempotencyKey: "key-1" }, INVALID);

  expect(await events()).toEqual([
    expect.objectContaining({
      action: "unlock.invalid",
      unlockId: null,
      details: {
        refusal: "invalid",
        problem: "reason: says too little.",
        asked: { key: "k", lockId: null, fingerprint: "f", reason: "short", idempotencyKey: "key-1" },
      },
    }),
  ]);
});

test("a lock that was never seen is such an attempt", async () => {
  const { ctx, events } = asking("unknown");
  const body = { key: "0".repeat(40), lockId: null, fingerprint: "f", reason: "the runner died long ago" };

  const refusal: unknown = await forceUnlock(ctx, { ...body, idempotencyKey: "key-2" }).catch(
    (error: unknown) => error,
  );
  await recordInvalidAttempt(ctx, { body, idempotencyKey: "key-2" }, refusal);

  expect(await events()).toMatchObject([{ action: "unlock.invalid", details: { refusal: "not_found" } }]);
});

test.each([
  ["no body at all", null],
  ["text", "text"],
  ["a number", 7],
  ["a list", [1, 2]],
  ["fields of other kinds", { key: 7, lockId: { a: 1 }, fingerprint: [1], reason: true }],
  ["hostile text", { key: "\u0000\ud800\u2028", lockId: "x".repeat(100_000), fingerprint: "\ud83d\ude00".repeat(500) }],
])("%s is recorded in a bounded form", async (name, body) => {
  const { ctx, events } = asking(`bounded ${name}`);

  await recordInvalidAttempt(ctx, { body, idempotencyKey: "i".repeat(100_000) }, INVALID);

  const [event] = await events();
  expect(event).toMatchObject({ action: "unlock.invalid" });
  expect(JSON.stringify(event).length).toBeLessThan(8_000);
});

test("what has a record of its own, and what failed, is not recorded again", async () => {
  const { ctx, events } = asking("others");

  for (const code of ["in_progress", "refused", "unavailable", "unexpected"] as const)
    await recordInvalidAttempt(ctx, { body: {}, idempotencyKey: null }, new AppError("x", { code, hint: "" }));
  await recordInvalidAttempt(ctx, { body: {}, idempotencyKey: null }, new Error("x"));

  expect(await events()).toEqual([]);
});

test("of a flood sixty a minute are recorded, and one note that there were more", async () => {
  let nowMs = 0;
  const { ctx, events } = asking("flood", { monotonicMs: () => nowMs });
  const attempt = () => recordInvalidAttempt(ctx, { body: {}, idempotencyKey: null }, INVALID);

  for (let count = 0; count < 100; count += 1) await attempt();
  const first = await events();
  nowMs += 60_000;
  await attempt();

  expect(first).toHaveLength(61);
  expect(first.at(-1)).toMatchObject({ details: { note: expect.stringContaining("too many") } });
  expect((await events()).at(-1)).toMatchObject({ details: { refusal: "invalid" } });
});

test("a trail that cannot be written is counted, and changes no answer", async () => {
  let failures = 0;
  const countFailure = () => {
    failures += 1;
  };
  const { ctx } = asking("failing");
  const append = () => Promise.reject(new AppError("no database", { code: "unavailable", hint: "" }));
  const counters = { ...ctx.counters, auditAppendFailed: countFailure };

  await recordInvalidAttempt(
    { ...ctx, audit: { ...ctx.audit, append }, counters },
    { body: {}, idempotencyKey: null },
    INVALID,
  );

  expect(failures).toBe(1);
});
