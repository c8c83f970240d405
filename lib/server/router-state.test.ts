import { expect, test } from "vitest";
import { isRouterState } from "./router-state.ts";

function encode(tree: unknown): string {
  return encodeURIComponent(JSON.stringify(tree));
}

test.each([
  [["", {}]],
  [
    [
      "",
      { children: ["locks", { children: [["key", "a b", "d", null], { children: ["__PAGE__", {}] }] }] },
      null,
      "refetch",
    ],
  ],
  [["", { children: ["__PAGE__?{}", {}, ["/", "/"], null, 2, "x"] }]],
  [[["key", "v", "ci(..)(..)", ["new"]], {}]],
])("what Next's router sends is read: %j", (tree) => {
  expect(isRouterState(encode(tree))).toBe(true);
});

test.each([
  [[""]],
  [["", []]],
  [[1, {}]],
  [["", {}, null, "other"]],
  [["", {}, ["/"]]],
  [["", { children: "x" }]],
  [[["key", "v", "x", null], {}]],
  [["", {}, null, null, null, "x", "y"]],
  [null],
])("what Next would fail on is not: %j", (tree) => {
  expect(isRouterState(encode(tree))).toBe(false);
});

test("nor is text that is no tree, or one without an end", () => {
  const deep = `${'["",{"a":'.repeat(1_700)}["",{}]${"}]".repeat(1_700)}`;

  for (const header of ["", "x", "%zz", deep]) expect(isRouterState(header)).toBe(false);
});
