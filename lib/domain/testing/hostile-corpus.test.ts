import { expect, test } from "vitest";
import { hostileBodies, hostileKeys } from "./hostile-corpus.ts";
import { encode } from "./lock-text-builder.ts";

const ROWS_OF_BODIES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 24];

test("has at least 150 bodies, of every row that concerns bodies, each with a name of its own", () => {
  expect(hostileBodies.length).toBeGreaterThanOrEqual(150);
  expect(new Set(hostileBodies.map((body) => body.name)).size).toBe(hostileBodies.length);
  expect(new Set(hostileBodies.map((body) => body.row))).toEqual(new Set(ROWS_OF_BODIES.map((row) => `H${row}`)));
});

test("every body fits into what is read of one", () => {
  expect(hostileBodies.filter((body) => body.bytes.length > 65_536)).toEqual([]);
});

test("every key with its suffix is one that S3 takes", () => {
  const sizes = hostileKeys.map(({ key }) => encode(`${key}.tflock`).length);

  expect(new Set(hostileKeys.map(({ key }) => key)).size).toBe(hostileKeys.length);
  expect(Math.max(...sizes)).toBe(1024);
});
