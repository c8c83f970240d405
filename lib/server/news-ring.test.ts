import { expect, test } from "vitest";
import { NewsRing } from "./news-ring.ts";

function event(size: number, fill: number) {
  return new Uint8Array(size).fill(fill);
}

test("gives what came after a version, and null when that is not all known", () => {
  const ring = new NewsRing();
  for (const number of [5, 6, 7]) ring.push(number, event(10, number));

  expect(ring.since(7, 7)).toEqual([]);
  expect(ring.since(5, 7)?.map((bytes) => bytes[0])).toEqual([6, 7]);
  expect(ring.since(4, 7)?.map((bytes) => bytes[0])).toEqual([5, 6, 7]);
  expect(ring.since(3, 7)).toBeNull();
  expect(ring.since(8, 7), "a version of the future").toBeNull();
});

test("nothing is given over a gap", () => {
  const ring = new NewsRing();
  ring.push(1, event(10, 1));
  ring.push(3, event(10, 3));

  expect(ring.since(0, 3)).toBeNull();
  expect(ring.since(2, 3)?.length).toBe(1);
});

test("the oldest make room, by number and by size", () => {
  const ring = new NewsRing();
  for (let number = 1; number <= 1000; number += 1) ring.push(number, event(1, 0));
  expect(ring.since(600, 1000)?.length).toBe(400);
  expect(ring.since(599, 1000)).toBeNull();

  for (let number = 1001; number <= 1005; number += 1) ring.push(number, event(100 * 1024, 0));
  expect(ring.since(1002, 1005)?.length).toBe(3);
  expect(ring.since(1001, 1005)).toBeNull();
});
