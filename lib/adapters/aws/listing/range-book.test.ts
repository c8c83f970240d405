import { expect, test } from "vitest";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import { usableBoundaries } from "./boundaries.ts";
import type { RangeBook } from "./range-book.ts";
import { rememberListing } from "./remember-listing.ts";
import { KEY_SETS } from "./testing/key-sets.ts";
import { simulateListing } from "./testing/simulated-listing.ts";

const SLOTS = 32;
const COUNT = 100_000;

test.each(Object.keys(KEY_SETS))(
  "%s keys: a first listing costs less than 2.5 times the pages there are, a second less than 1.08 times",
  (name) => {
    const keys = KEY_SETS[name]?.(COUNT) ?? [];
    const pages = Math.ceil(keys.length / 1_000);
    const roundsLeast = Math.ceil(pages / SLOTS);

    const cold = simulateListing(keys, SLOTS, []);
    expect(cold.keysFound).toBe(keys.length);
    expect(cold.requests / pages).toBeLessThan(2.5);
    expectWhole(cold.book);

    const warm = simulateListing(keys, SLOTS, rememberListing(cold.book.ranges()).boundaries);
    expect(warm.keysFound).toBe(keys.length);
    expect(warm.requests / pages).toBeLessThan(1.08);
    expect(warm.rounds).toBeLessThanOrEqual(roundsLeast + 1);
    expectWhole(warm.book);
  },
);

test("boundaries that no longer fit cost requests, not keys, and are put right by one listing", () => {
  const before = KEY_SETS["padded"]?.(20_000) ?? [];
  const after = KEY_SETS["mixed"]?.(50_000) ?? [];
  const old = rememberListing(simulateListing(before, SLOTS, []).book.ranges());

  const first = simulateListing(after, SLOTS, old.boundaries);
  const second = simulateListing(after, SLOTS, rememberListing(first.book.ranges()).boundaries);

  expect([first.keysFound, second.keysFound]).toEqual([after.length, after.length]);
  expect(second.requests / Math.ceil(after.length / 1_000)).toBeLessThan(1.08);
});

test("remembered boundaries are put in order, and those that cannot cut a listing are left out", () => {
  const wild = [
    "p/\u{10000}",
    "p/\uFFFD",
    "p/a\u0000b",
    "p/\uD800",
    "x",
    "",
    "p/a",
    "p/b",
    "p/b",
    `p/${"é".repeat(600)}`,
  ];
  expect(usableBoundaries(wild, "p/")).toEqual(["p/a", "p/b", "p/\uFFFD", "p/\u{10000}"]);
});

/** Every key between two ranges' ends would be lost or found twice. */
function expectWhole(book: RangeBook): void {
  let end: string | null = "";
  for (const range of book.ranges()) {
    expect(range.start).toBe(end);
    expect(range.high === null || compareUtf8(range.start, range.high) < 0).toBe(true);
    end = range.high;
  }
  expect(end).toBeNull();
}
