import { expect, test } from "vitest";
import { countFilters, formatSort, loadLockParams, nextSort, parseSort, toLockFilter } from "./lock-params.ts";

test("a URL becomes the filter it says", () => {
  const params = loadLockParams("?q=vpc&account=pay&status=half,split&minAge=2h&sort=age.desc");

  expect(toLockFilter(params)).toMatchObject({
    q: "vpc",
    account: ["pay"],
    status: ["half", "split"],
    minAgeMs: 7_200_000,
  });
  expect(countFilters(params)).toBe(4);
});

test("nonsense in a URL filters and sorts nothing", () => {
  const params = loadLockParams("?minAge=soon&sort=__proto__.desc");

  expect(toLockFilter(params).minAgeMs).toBeUndefined();
  expect(parseSort(params.sort)).toBeNull();
});

test("a column sorts one way, then the other, then gives back the order by need", () => {
  const first = nextSort(null, "age");
  const second = nextSort(first, "age");

  expect([first, second, nextSort(second, "age")].map(formatSort)).toEqual(["age.desc", "age.asc", ""]);
  expect(formatSort(nextSort(second, "path"))).toBe("path.asc");
});

test.each(["age.desc", "path.asc"])("the order %s survives the URL", (text) => {
  expect(formatSort(parseSort(text))).toBe(text);
});
