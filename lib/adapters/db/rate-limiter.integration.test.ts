import { afterAll, beforeAll, expect, test } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

const RULE = { limit: 10, perMs: 60_000 };
const REFUSED = { ok: false, retryInMs: expect.any(Number) };

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

/** As if everything had been asked for so much earlier. */
function age(ms: number): Promise<number> {
  return db.database.prisma.$executeRaw`
    UPDATE rate_take SET expires_at_ms = expires_at_ms - ${ms}::bigint,
      taken_at_ms = ARRAY(SELECT at_ms - ${ms}::bigint FROM unnest(taken_at_ms) WITH ORDINALITY AS t (at_ms, n) ORDER BY n)`;
}

async function take(key: string, times: number, rule = RULE) {
  const verdicts = [];
  for (let taken = 0; taken < times; taken += 1) verdicts.push(await db.stores.rates.take(key, rule));
  return verdicts;
}

test("of fifty who ask at the same moment, over two replicas, exactly as many are let in as the rule says", async () => {
  const replicas = [db.stores.rates, createRateLimiter(db.database)];
  const asked = Array.from({ length: 50 }, (_, index) => replicas[index % 2]?.take("at once", RULE));
  const verdicts = await Promise.all(asked);

  expect(verdicts.filter((verdict) => verdict?.ok)).toHaveLength(RULE.limit);
  expect(verdicts.filter((verdict) => verdict?.ok === false)).toEqual(Array(40).fill(REFUSED));
});

test("keys do not share what they may take", async () => {
  await take("one", RULE.limit);
  expect(await take("one", 1)).toEqual([REFUSED]);
  expect(await take("another", 1)).toEqual([{ ok: true }]);
});

test("each take leaves the span by itself, and whoever was refused took nothing", async () => {
  await take("sliding", 4);
  await age(40_000);
  await take("sliding", 6);
  const [refused] = await take("sliding", 1);
  expect(refused).toEqual(REFUSED);
  expect(refused?.ok === false && refused.retryInMs).toBeLessThanOrEqual(20_000);

  await take("sliding", 20);
  await age(20_000);
  expect(await take("sliding", 5)).toEqual([...Array(4).fill({ ok: true }), REFUSED]);
});

test("the row of a key never grows beyond its limit", async () => {
  await take("long", 40, { limit: 3, perMs: 60_000 });
  const rows = await db.database.prisma.rateTake.findMany();
  expect(Math.max(...rows.map(({ takenAtMs }) => takenAtMs.length))).toBeLessThanOrEqual(RULE.limit + 1);
});

test("takes from a future that a clock set back has left behind do not count", async () => {
  await take("set back", RULE.limit);
  await age(-2 * RULE.perMs);
  expect(await take("set back", 1)).toEqual([{ ok: true }]);
});

test("rows that say nothing any more are dropped, and keys are stored as hashes", async () => {
  await take("somebody@example.com", 1);
  await age(9 * RULE.perMs);
  await createRateLimiter(db.database).take("fresh", RULE);

  const rows = await db.database.prisma.rateTake.findMany();
  expect(rows).toEqual([{ keyHash: expect.stringMatching(/^[0-9a-f]{64}$/), ...ANY_TIMES }]);
});

const ANY_TIMES = { takenAtMs: [expect.anything()], expiresAtMs: expect.anything() };
