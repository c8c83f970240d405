import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { countLocks, filterLocks, type LockFilter } from "./lock-filter.ts";
import { sortByNeed } from "./lock-order.ts";
import { toLockRow } from "./lock-row.ts";
import { buildLocks } from "./lock-view.ts";
import { aBucket, anAccount, anS3Half, NOW_MS } from "./testing/sighting-builder.ts";

const HOUR_MS = 3_600_000;
const bucket = aBucket();
const other = aBucket({ name: "audit-tfstate", account: anAccount("audit", "444455556666") });
const locks = sortByNeed(
  buildLocks({
    sightings: [
      anS3Half(bucket, { stateKey: "net/a", fields: { ID: "id-a", Who: "Ada@build" } }),
      anS3Half(bucket, { stateKey: "net/b", fields: { ID: "id-b", Operation: "OperationTypePlan" } }),
      anS3Half(bucket, { stateKey: "db/c", lastModifiedMs: NOW_MS - 26 * HOUR_MS }),
      anS3Half(other, { stateKey: "net/100%_.*", isPaired: true }),
      anS3Half(other, { stateKey: "net/e", lastModifiedMs: NOW_MS - 60_000 }),
    ],
    sources: [bucket, other],
    sourceStates: [],
    nowMs: NOW_MS,
    sha256: (data) => createHash("sha256").update(data).digest("hex"),
  }),
);

test.each<[string, LockFilter, readonly string[]]>([
  ["nothing", {}, ["db/c", "net/100%_.*", "net/a", "net/b", "net/e"]],
  ["empty values", { account: "", q: " ", who: "", status: "," }, ["db/c", "net/100%_.*", "net/a", "net/b", "net/e"]],
  ["an account", { account: "AUDIT" }, ["net/100%_.*", "net/e"]],
  ["several accounts", { account: "audit, payments-prod", minAgeMs: 2 * HOUR_MS }, ["db/c"]],
  ["a list of accounts", { account: ["audit"] }, ["net/100%_.*", "net/e"]],
  ["a bucket", { bucket: "acme-tfstate" }, ["db/c", "net/a", "net/b"]],
  ["a status", { status: "half" }, ["net/100%_.*"]],
  ["two kinds of attention", { attention: "broken,stale" }, ["db/c", "net/100%_.*", "net/b"]],
  ["a raw operation", { operation: "operationtypeplan" }, ["net/b"]],
  ["the label of an operation", { operation: "plan" }, ["net/b"]],
  ["part of a holder", { who: "aDA@Build" }, ["db/c", "net/100%_.*", "net/a", "net/b", "net/e"]],
  ["a holder nobody is", { who: "mallory" }, []],
  ["part of a state path", { q: "NET/A" }, ["net/a"]],
  ["part of a lock ID", { q: "d-b" }, ["net/b"]],
  ["part of an account", { q: "udit" }, ["net/100%_.*", "net/e"]],
  ["characters that are patterns elsewhere", { q: "%_.*" }, ["net/100%_.*"]],
  ["an age", { minAgeMs: HOUR_MS }, ["db/c", "net/100%_.*", "net/a", "net/b"]],
  ["two things at once", { account: "audit", minAgeMs: HOUR_MS }, ["net/100%_.*"]],
])("filters by %s", (_, filter, stateKeys) => {
  expect(
    filterLocks(locks, filter)
      .map((lock) => lock.stateKey)
      .sort(),
  ).toEqual(stateKeys);
});

test("a search finds the same in rows as in locks, and nothing across two texts of one", () => {
  const rows = locks.map(toLockRow);
  const search = (q: string) => filterLocks(rows, { q }).map((row) => row.stateKey);

  expect(search("NET/A")).toEqual(filterLocks(locks, { q: "NET/A" }).map((lock) => lock.stateKey));
  expect(search("net/a")).toEqual(["net/a"]);
  expect(search("net/a\u0000ada")).toEqual([]);
});

test("filtering keeps the order", () => {
  const order = filterLocks(locks, { q: "net" }).map((lock) => locks.indexOf(lock));

  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("counts every lock once in each table", () => {
  expect(countLocks(locks)).toEqual({
    total: 5,
    byAttention: { broken: 1, stale: 2, waiting: 0, none: 2 },
    byStatus: { held: 4, half: 1, split: 0, contended: 0, unreadable: 0, malformed: 0 },
    byAccount: [
      { account: "audit", count: 2 },
      { account: "payments-prod", count: 3 },
    ],
    byAge: { under_15m: 1, "15m_to_1h": 0, "1h_to_8h": 3, "8h_to_1d": 0, over_1d: 1 },
  });
});
