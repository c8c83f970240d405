import { expect, test } from "vitest";
import { aLock } from "#components/testing/a-lock.ts";
import { toLockRow } from "#lib/domain/lock-row.ts";
import { filterRows } from "./filter-rows.ts";
import { readLockParams } from "./lock-params.ts";

const NOW_MS = Date.parse("2026-11-23T04:00:00.000Z");
const rows = [
  toLockRow(aLock({ key: "old", acquiredAt: "2026-11-23T02:59:59.000Z", ageMs: 0 })),
  toLockRow(aLock({ key: "young", acquiredAt: "2026-11-23T03:30:00.000Z", ageMs: 0, who: "bob@laptop" })),
];

test("an age is counted now, however long ago the row came", () => {
  expect(filterRows(rows, readLockParams(new URLSearchParams("?minAge=1h")), NOW_MS).map((row) => row.key)).toEqual([
    "old",
  ]);
});

test("everything else is as the API filters", () => {
  expect(filterRows(rows, readLockParams(new URLSearchParams("?q=BOB")), NOW_MS).map((row) => row.key)).toEqual([
    "young",
  ]);
  expect(filterRows(rows, readLockParams(new URLSearchParams("?sort=age.desc")), NOW_MS)).toBe(rows);
});
