import { expect, test } from "vitest";
import { aLock } from "#components/testing/a-lock.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { toLockRow } from "#lib/domain/lock-row.ts";
import { LOCK_COLUMN_IDS } from "./lock-column-ids.ts";
import { sortRows } from "./lock-sort.ts";

function list(...locks: readonly Partial<Lock>[]) {
  return locks.map((over, index) => ({ placed: toLockRow(aLock({ key: `k${index}`, ...over })) }));
}

function keysOf(rows: readonly { readonly placed: { readonly key: string } }[]) {
  return rows.map((row) => row.placed.key);
}

test("a column puts its values in order, whatever the case of letters, and the other way round", () => {
  const rows = list({ who: "bob@b" }, { who: "Ada@a" }, { who: "eve@c" });

  expect(keysOf(sortRows(rows, { id: "holder", isDescending: false }))).toEqual(["k1", "k0", "k2"]);
  expect(keysOf(sortRows(rows, { id: "holder", isDescending: true }))).toEqual(["k2", "k0", "k1"]);
});

test("the oldest has the highest age, by the time that its age counts from", () => {
  const rows = list(
    { acquiredAt: "2026-11-23T02:00:00.000Z" },
    { ageFrom: "first_seen", firstSeenAt: "2026-11-23T01:00:00.000Z" },
    { acquiredAt: "2026-11-23T03:00:00.000Z" },
  );

  expect(keysOf(sortRows(rows, { id: "age", isDescending: true }))).toEqual(["k1", "k0", "k2"]);
  expect(keysOf(sortRows(rows, { id: "age", isDescending: false }))).toEqual(["k2", "k0", "k1"]);
});

test.each([true, false])("what is not known stands last, descending %s", (isDescending) => {
  const rows = list({ who: null }, { who: "ada" }, { who: null }, { who: "bob" });

  expect(keysOf(sortRows(rows, { id: "holder", isDescending })).slice(2)).toEqual(["k0", "k2"]);
});

test.each(LOCK_COLUMN_IDS)("rows that are equal by %s keep the order by need", (id) => {
  const rows = list({}, {}, {});

  expect(keysOf(sortRows(rows, { id, isDescending: true }))).toEqual(["k0", "k1", "k2"]);
});

test("without a column the rows are the same list", () => {
  const rows = list({}, {});

  expect(sortRows(rows, null)).toBe(rows);
});
