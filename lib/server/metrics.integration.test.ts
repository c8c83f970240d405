import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { createMetrics } from "./metrics.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test("unlocks and restores are counted apart, by outcome", async () => {
  const { counters, render } = createMetrics();
  counters.unlockEnded("released");
  counters.restoreEnded("restored");
  counters.restoreEnded("restored");
  counters.restoreEnded("refused");

  const lines = (await render(createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores }))).split("\n");

  expect(lines.filter((line) => /^lockkeeper_(?:unlocks|restores)_total/.test(line)).toSorted()).toEqual([
    'lockkeeper_restores_total{outcome="refused"} 1',
    'lockkeeper_restores_total{outcome="restored"} 2',
    'lockkeeper_unlocks_total{outcome="released"} 1',
  ]);
});
