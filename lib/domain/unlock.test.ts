import { expect, test } from "vitest";
import type { HalfAddress } from "./half.ts";
import { checkReason, orderHalves, REASON_LENGTH_MAX } from "./unlock.ts";

test("DynamoDB goes before S3, so that no waiting run gets in between", () => {
  const halves: readonly HalfAddress[] = [
    { mechanism: "s3", sourceId: "a", location: "a.tflock" },
    { mechanism: "dynamodb", sourceId: "b", location: "z" },
    { mechanism: "dynamodb", sourceId: "b", location: "b" },
  ];

  expect(orderHalves(halves).map((half) => half.location)).toEqual(["b", "z", "a.tflock"]);
  expect(halves.map((half) => half.location)).toEqual(["a.tflock", "z", "b"]);
});

test("a reason is stored normalised", () => {
  expect(checkReason("  The runner died: cafe\u0301  ")).toEqual({
    verdict: "ok",
    reason: "The runner died: caf\u00e9",
  });
});

test.each([
  ["nothing", ""],
  ["only spaces", " ".repeat(50)],
  ["only invisible characters", "\u200b\u202e\u2060\ufeff".repeat(20)],
  ["nine visible ones", "ninechars"],
  ["nine that look like more", "n i n e c h a r s \u200b\u200b"],
  ["nine letters with marks on them", "ninechars".split("").join("\u0301\u0302")],
  ["a thousand and one", "x".repeat(REASON_LENGTH_MAX + 1)],
  ["a megabyte", "x".repeat(1_000_000)],
])("refuses a reason of %s", (_, text) => {
  expect(checkReason(text).verdict).toBe("refused");
});

test.each([
  ["ten visible characters", "tenvisible"],
  ["a thousand", "x".repeat(REASON_LENGTH_MAX)],
  ["a thousand beyond the first plane", "😀".repeat(REASON_LENGTH_MAX)],
  ["half a surrogate pair, made whole", "the runner died \ud800"],
])("accepts a reason of %s", (_, text) => {
  expect(checkReason(text)).toMatchObject({ verdict: "ok", reason: text.toWellFormed() });
});
