import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { RATES } from "#lib/domain/access/rate.ts";
import type { Actor } from "#lib/domain/actor.ts";
import { exportAudit } from "#lib/services/audit/export-audit.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { RateLimiter } from "#lib/services/ports/people.ts";
import { scanNow } from "#lib/services/sources/scan-now.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { limitRate } from "./limit-rate.ts";

let db: TestDatabase;
let base: Context;
beforeAll(async () => {
  db = await openTestDatabase();
  base = { ...createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores }), sources: [] };
});
afterAll(() => db.close());

const unlock = (ctx: Context) =>
  forceUnlock(ctx, { key: "k", lockId: null, fingerprint: "", reason: "", idempotencyKey: "" });
const VERBS = [
  ["unlock", unlock],
  ["scan", (ctx: Context) => scanNow(ctx, { sourceId: null })],
  ["export", (ctx: Context) => exportAudit(ctx, { format: "csv", afterSeq: 0 })],
] as const;

function aPerson(subject: string) {
  return {
    kind: "person",
    name: "riley",
    authenticatedBy: "oidc",
    issuer: "https://idp.example",
    subject,
  } as const satisfies Actor;
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : "thrown"),
  );
}

test.each(VERBS)(
  "a person may ask for one %s after the other up to its limit, and is told when to come back",
  async (name, verb) => {
    const ctx = { ...base, actor: aPerson(name) };
    for (let asked = 0; asked < RATES[name].limit; asked += 1) expect(await codeOf(verb(ctx))).not.toBe("too_many");

    await expect(verb(ctx)).rejects.toMatchObject({
      code: "too_many",
      hint: expect.stringMatching(/^Nothing was done\. Try again in [1-6]?\d s\.$/),
      retryInMs: expect.any(Number),
    });
  },
);

test.each(VERBS)("no %s is done when the database cannot say how often it was asked for", async (_name, verb) => {
  const silent: RateLimiter = { take: () => Promise.withResolvers<never>().promise };
  const ctx = { ...base, actor: aPerson("silent"), rates: silent, storeAnswerMsMax: 5 };

  expect(await codeOf(verb(ctx))).toBe("unavailable");
});

test("the tokens of a person share what the person may ask for, and others do not", async () => {
  const token = { ...aPerson("owner"), authenticatedBy: "token", tokenId: "t1" } as const;
  const actors = [aPerson("owner"), token, { ...token, tokenId: "t2", name: "renamed" }];
  for (const actor of [...actors, ...actors]) await limitRate({ ...base, actor }, "scan");

  expect(await codeOf(limitRate({ ...base, actor: token }, "scan"))).toBe("too_many");
  expect(await codeOf(limitRate({ ...base, actor: aPerson("another") }, "scan"))).toBe("done");
});

test("the person at this machine and the product itself are not limited", async () => {
  const unasked: RateLimiter = { take: () => Promise.reject(new Error("asked")) };
  const system = { kind: "system", name: "scanner" } as const;
  for (const actor of [base.actor, system]) {
    expect(await codeOf(limitRate({ ...base, actor, rates: unasked }, "unlock"))).toBe("done");
  }
});
