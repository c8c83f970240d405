import { expect, test } from "vitest";
import {
  countFilters,
  formatSort,
  loadLockParams,
  nextSort,
  parseSort,
  readLockParams,
  toLockFilter,
  writeLockParams,
} from "./lock-params.ts";

function read(search: string) {
  return readLockParams(new URLSearchParams(search));
}

test("a URL becomes the filter it says", () => {
  const params = read("?q=vpc&account=pay&status=half,split&minAge=2h&sort=age.desc");

  expect(toLockFilter(params)).toMatchObject({
    q: "vpc",
    account: ["pay"],
    status: ["half", "split"],
    minAgeMs: 7_200_000,
  });
  expect(countFilters(params)).toBe(4);
});

test.each([
  "?q=a%26b%23%25+c&account=pay%2C1&status=half,split&attention=broken&sort=path.asc",
  "?minAge=2h&theirs=1",
  "",
])("the parameters written to a URL are those read from it: %s", (search) => {
  const written = writeLockParams(read(search), "?theirs=1&q=before");

  expect(read(written)).toEqual(read(search));
  expect(new URLSearchParams(written).get("theirs")).toBe("1");
});

test("a list without parameters has none in its URL", () => {
  expect(writeLockParams(read(""), "?q=before")).toBe("");
});

test("the page reads what the browser would", async () => {
  const values = { q: ["vpc", "again"], status: "half,split", sort: undefined };

  expect(await loadLockParams(Promise.resolve(values))).toEqual(read("?q=vpc&q=again&status=half,split"));
});

test("nonsense in a URL filters and sorts nothing", () => {
  const params = read("?minAge=soon&sort=__proto__.desc");

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
