import { describe, expect, test } from "vitest";
import type { HalfAddress } from "./half.ts";
import {
  checkReason,
  decideOutcome,
  type HalfOutcome,
  mayContinueAfter,
  orderHalves,
  REASON_LENGTH_MAX,
  settleByReading,
  UNLOCK_OUTCOMES,
} from "./unlock.ts";

const HALF_OUTCOMES = UNLOCK_OUTCOMES.filter((outcome) => outcome !== "partial");
const GONE: readonly HalfOutcome[] = ["released", "already_gone", "gone_unattributed"];
const REMOVED: readonly HalfOutcome[] = ["released", "gone_unattributed"];
const PAIRS = HALF_OUTCOMES.flatMap((first) => HALF_OUTCOMES.map((second) => [first, second] as const));

test.each(HALF_OUTCOMES)("an unlock of one half ends as that half did: %s", (outcome) => {
  expect(decideOutcome([outcome])).toBe(outcome);
});

describe.each(PAIRS)("halves that ended %s and %s", (first, second) => {
  const outcome = decideOutcome([first, second]);

  test("have one outcome, whatever their order", () => {
    expect(UNLOCK_OUTCOMES).toContain(outcome);
    expect(decideOutcome([second, first])).toBe(outcome);
  });

  test("are unknown exactly as long as one of them is", () => {
    expect(outcome === "unknown").toBe(first === "unknown" || second === "unknown");
  });

  test("are released exactly if one was released and none is left", () => {
    const isReleased = [first, second].includes("released") && GONE.includes(first) && GONE.includes(second);
    expect(outcome === "released").toBe(isReleased);
  });

  test("are partial exactly if one was removed and another is surely left", () => {
    const isSettled = first !== "unknown" && second !== "unknown";
    const isOneRemoved = REMOVED.includes(first) || REMOVED.includes(second);
    const isOneLeft = !GONE.includes(first) || !GONE.includes(second);
    expect(outcome === "partial").toBe(isSettled && isOneRemoved && isOneLeft);
  });

  test("are already gone exactly if both were", () => {
    expect(outcome === "already_gone").toBe(first === "already_gone" && second === "already_gone");
  });

  test("otherwise have the outcome of one of them", () => {
    expect(["partial", first, second]).toContain(outcome);
  });
});

test.each(HALF_OUTCOMES)("the second half is touched only if the first is surely gone: %s", (outcome) => {
  expect(mayContinueAfter(outcome)).toBe(GONE.includes(outcome));
});

test("DynamoDB goes before S3, so that no waiting run gets in between", () => {
  const halves: readonly HalfAddress[] = [
    { mechanism: "s3", sourceId: "a", location: "a.tflock" },
    { mechanism: "dynamodb", sourceId: "b", location: "z" },
    { mechanism: "dynamodb", sourceId: "b", location: "b" },
  ];

  expect(orderHalves(halves).map((half) => half.location)).toEqual(["b", "z", "a.tflock"]);
  expect(halves.map((half) => half.location)).toEqual(["a.tflock", "z", "b"]);
});

test("a reading never turns an intent into a success of ours", () => {
  expect(settleByReading("same")).toBe("not_executed");
  expect(settleByReading("absent")).toBe("gone_unattributed");
  expect(settleByReading("different")).toBe("gone_unattributed");
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
