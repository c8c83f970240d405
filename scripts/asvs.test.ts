import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The items of ASVS 5.0 that apply to what Lockkeeper is. */
const ITEMS = `
  1.2.10 1.3.6 1.5.3 2.3.1 2.3.3 2.3.4 2.3.5 2.4.1 3.2.2 3.3.1 3.4.1 3.4.3 3.4.4 3.4.6 3.5.1 3.5.2 3.5.3 6.2.4 6.3.1 7.2.4
  7.3.1 7.3.2 7.4.1 7.4.2 7.5.3 8.2.2 8.3.1 9.1.1 9.2.3 10.2.1 10.5.1 10.5.2 13.2.2 13.3.1 15.1.1 15.2.1 15.3.1 15.3.6 15.4.2
  16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.4.1 16.4.2 16.4.3 16.5.3`;

const rows = readFileSync("docs/asvs.md", "utf8")
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, items = "", where = "", tests = ""]) => ({
    items: itemsOf(items),
    where: pathsOf(where),
    tests: pathsOf(tests),
  }));

/** `3.5.1–3.5.3` stands for three. */
function itemsOf(text: string): string[] {
  return [...text.matchAll(/(?<chapter>\d+\.\d+)\.(?<first>\d+)(?:–\k<chapter>\.(?<last>\d+))?/g)].flatMap(
    ({ groups }) => {
      const [first, last] = [Number(groups?.["first"]), Number(groups?.["last"] ?? groups?.["first"])];
      return Array.from({ length: last - first + 1 }, (_, step) => `${groups?.["chapter"]}.${first + step}`);
    },
  );
}

function pathsOf(text: string): string[] {
  return [...text.matchAll(/`(?<path>[^`]*\/[^`]*|[^`]+\.(?:ts|json))`/g)].flatMap(
    ({ groups }) => groups?.["path"] ?? [],
  );
}

test("every item that applies stands in the table, once", () => {
  expect(rows.flatMap(({ items }) => items).toSorted()).toEqual(ITEMS.trim().split(/\s+/).toSorted());
});

test("each names a test, and every file that it names is there", () => {
  expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
  expect(rows.flatMap(({ tests }) => tests).filter((path) => !/\.(?:test|spec)\.ts$/.test(path))).toEqual([]);
  expect(rows.flatMap(({ where, tests }) => [...where, ...tests]).filter((path) => !existsSync(path))).toEqual([]);
});
