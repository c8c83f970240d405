import { describe, expect, test } from "vitest";
import {
  decideHalfRestore,
  decideRestoreOutcome,
  orderRestore,
  type PutAnswer,
  type PutReadBack,
  RESTORE_OUTCOMES,
  type RestoreHalfOutcome,
  settleRestoreByReading,
} from "./restore.ts";

const HALF_OUTCOMES = RESTORE_OUTCOMES.filter((outcome) => outcome !== "partial");
const ANSWERS: readonly PutAnswer[] = ["put", "occupied", "denied", "rejected", "unknown"];
const READS: readonly PutReadBack[] = ["absent", "same", "different", "unreadable"];
const ALL = ANSWERS.flatMap((put) => READS.map((after) => [put, after] as const));

test.each(ALL)("one put has one outcome: %s, then %s", (put, after) => {
  const expected: Readonly<Record<PutAnswer, Readonly<Record<PutReadBack, RestoreHalfOutcome>>>> = {
    put: { absent: "unknown", same: "restored", different: "unknown", unreadable: "unknown" },
    occupied: { absent: "changed", same: "changed", different: "changed", unreadable: "changed" },
    denied: { absent: "refused", same: "unknown", different: "refused", unreadable: "refused" },
    rejected: { absent: "not_executed", same: "unknown", different: "not_executed", unreadable: "not_executed" },
    unknown: { absent: "unknown", same: "unknown", different: "unknown", unreadable: "unknown" },
  };

  expect(decideHalfRestore(put, after)).toBe(expected[put][after]);
});

test("a half is restored only by a confirmed put that reads back the same", () => {
  const successes = ALL.filter(([put, after]) => decideHalfRestore(put, after) === "restored");

  expect(successes).toEqual([["put", "same"]]);
});

test("a reading settles every half, and calls nothing restored that is not there", () => {
  expect(settleRestoreByReading("same")).toBe("restored");
  expect(settleRestoreByReading("different")).toBe("changed");
  expect(settleRestoreByReading("absent")).toBe("not_executed");
});

test.each(HALF_OUTCOMES)("a restore of one half ends as that half did: %s", (outcome) => {
  expect(decideRestoreOutcome([outcome])).toBe(outcome);
});

describe.each(HALF_OUTCOMES.flatMap((first) => HALF_OUTCOMES.map((second) => [first, second] as const)))(
  "halves that ended %s and %s",
  (first, second) => {
    const outcome = decideRestoreOutcome([first, second]);

    test("have one outcome, whatever their order", () => {
      expect(["partial", first, second]).toContain(outcome);
      expect(decideRestoreOutcome([second, first])).toBe(outcome);
    });

    test("are unknown exactly as long as one of them is", () => {
      expect(outcome === "unknown").toBe(first === "unknown" || second === "unknown");
    });

    test("are restored exactly if both are", () => {
      expect(outcome === "restored").toBe(first === "restored" && second === "restored");
    });

    test("are partial exactly if one is there and the other surely is not", () => {
      const there = [first, second].filter((half) => half === "restored").length;
      expect(outcome === "partial").toBe(there === 1 && first !== "unknown" && second !== "unknown");
    });
  },
);

test("S3 is put before DynamoDB, the order in which Terraform locks", () => {
  const halves = [
    { mechanism: "dynamodb", sourceId: "b", location: "b" },
    { mechanism: "s3", sourceId: "a", location: "a.tflock" },
  ] as const;

  expect(orderRestore(halves).map((half) => half.mechanism)).toEqual(["s3", "dynamodb"]);
  expect(orderRestore(halves.toReversed()).map((half) => half.mechanism)).toEqual(["s3", "dynamodb"]);
});
