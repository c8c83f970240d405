import { afterAll, beforeAll, expect, test } from "vitest";
import { HOSTILE } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test("a destination begins before the first event, and its failures are forgotten with the next delivery", async () => {
  const { deliveries } = db.stores;
  expect(await deliveries.find("siem")).toEqual({
    seq: 0,
    deliveredAtMs: null,
    failures: 0,
    retryAtMs: null,
    error: null,
  });
  await deliveries.recordFailure({ destination: "siem", error: HOSTILE, retryAtMs: 5_000 });
  await deliveries.recordFailure({ destination: "siem", error: HOSTILE, retryAtMs: 9_000 });
  expect(await deliveries.find("siem")).toEqual({
    seq: 0,
    deliveredAtMs: null,
    failures: 2,
    retryAtMs: 9_000,
    error: HOSTILE,
  });
  await deliveries.recordDelivered({ destination: "siem", seq: 40, atMs: 10_000 });
  expect(await deliveries.find("siem")).toEqual({
    seq: 40,
    deliveredAtMs: 10_000,
    failures: 0,
    retryAtMs: null,
    error: null,
  });
  expect((await deliveries.find(HOSTILE)).seq).toBe(0);
});

test("a late report of an earlier delivery does not move the cursor back", async () => {
  const { deliveries } = db.stores;
  await deliveries.recordDelivered({ destination: "late", seq: 40, atMs: 1 });
  await deliveries.recordDelivered({ destination: "late", seq: 20, atMs: 2 });
  expect(await deliveries.find("late")).toMatchObject({ seq: 40 });
});
