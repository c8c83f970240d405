import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createScanner } from "./source-scanner.ts";
import { chooseRate, chooseSegments, PAGE_BYTES, UNKNOWN_CAPACITY } from "./table-capacity.ts";
import { type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

test.each([
  [{ mode: "provisioned", readUnits: 1 } as const, 0.25],
  [{ mode: "provisioned", readUnits: 5 } as const, 1.25],
  [{ mode: "provisioned", readUnits: 40_000 } as const, 10_000],
  [{ mode: "on_demand", readUnits: null } as const, 500],
  [{ mode: "on_demand", readUnits: 40_000 } as const, 500],
  [{ mode: "on_demand", readUnits: 100 } as const, 25],
  [{ mode: "unknown", readUnits: null } as const, 0.25],
])("a table that is %j is read at %d units a second", (told, unitsPerSecond) => {
  const rate = chooseRate({ ...UNKNOWN_CAPACITY, ...told });

  expect(rate.unitsPerSecond).toBe(unitsPerSecond);
  expect(rate.pageUnits).toBeGreaterThanOrEqual(0.5);
  expect(rate.pageUnits).toBeLessThanOrEqual(128);
  expect(rate.burstUnits).toBeLessThanOrEqual(rate.windowUnits);
});

test("only an on-demand table without a limit of its own, of 20 pages or more, is read in parts", () => {
  const segmentsOf = (change: object) =>
    chooseSegments({ ...UNKNOWN_CAPACITY, mode: "on_demand", sizeBytes: 20 * PAGE_BYTES, ...change });

  expect(segmentsOf({})).toBe(4);
  expect(segmentsOf({ sizeBytes: 20 * PAGE_BYTES - 1 })).toBe(1);
  expect(segmentsOf({ sizeBytes: null })).toBe(1);
  expect(segmentsOf({ readUnits: 100 })).toBe(1);
  expect(segmentsOf({ mode: "provisioned", readUnits: 40_000 })).toBe(1);
});

test("a role that is refused is asked for once, and the capacity is not blamed", async () => {
  const table = await world.newTable();
  const refused = { ...table, account: { ...table.account, externalId: "wrong" } };

  const result = await createScanner({ env: world.env, limits: TEST_LIMITS }).sweep(refused, [], () => undefined);

  expect(result).toMatchObject({ outcome: "error", error: { code: "role_refused" } });
  expect(world.sandbox.journal({ operation: "AssumeRole" })).toHaveLength(1);
});

test.each([
  ["an error of its own", { kind: "status", status: 500, code: "InternalServerError" }],
  ["a page of a portal", { kind: "answer-200" }],
  ["silence", { kind: "hang" }],
  ["a broken connection", { kind: "drop-after" }],
] as const)("a DescribeTable that answers with %s keeps no lock from being found", async (_, effect) => {
  const table = await world.newTable();
  await world.sandbox.putItem(table.account.id, table.region, table.name, {
    LockID: { S: "acme/a" },
    Info: { S: "{}" },
  });
  world.sandbox.addFault({ match: { operation: "DescribeTable" }, effect });
  const limits = { ...TEST_LIMITS, scanCallMs: 1_000 };

  const result = await createScanner({ env: world.env, limits }).sweep(table, [], () => undefined);

  expect(result).toMatchObject({ outcome: "ok", halves: [{ location: "acme/a" }], notice: null });
});

test("what the sandbox tells of an on-demand table and of a read is understood", async () => {
  const table = await world.newTable();
  await world.sandbox.putItem(table.account.id, table.region, table.name, { LockID: { S: "acme/a" } });

  const result = await createScanner({ env: world.env, limits: TEST_LIMITS }).sweep(table, [], () => undefined);

  expect(result).toMatchObject({ outcome: "ok", readUnits: 0.5, requests: 1, notice: null });
  const [scan] = world.sandbox.journal({ operation: "Scan" });
  const sent = JSON.parse(scan?.body ?? "{}");
  expect(sent).toMatchObject({ ReturnConsumedCapacity: "TOTAL" });
  // Whole items, eventually consistent, in pages as large as AWS makes them.
  expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(["ConsistentRead"]));
  expect(Object.keys(sent)).not.toEqual(expect.arrayContaining(["Limit"]));
});
