import { expect, test } from "vitest";
import type { HalfDeletion } from "./ports.ts";
import { decideRemoval, type ReadBack } from "./remove-half.ts";

const answers = {
  deleted: { kind: "deleted", requestId: null, versionId: null },
  condition_failed: { kind: "condition_failed", requestId: null },
  absent: { kind: "absent", requestId: null },
  denied: { kind: "denied", message: "denied", requestId: null },
  rejected: { kind: "rejected", message: "rejected", requestId: null },
  unknown: { kind: "unknown", message: "no answer", requestId: null },
} as const satisfies Record<HalfDeletion["kind"], HalfDeletion>;

const expected = {
  deleted: { absent: "released", same: "unknown", different: "released", unreadable: "unknown" },
  condition_failed: { absent: "already_gone", same: "not_executed", different: "changed", unreadable: "changed" },
  absent: { absent: "already_gone", same: "not_executed", different: "changed", unreadable: "already_gone" },
  denied: { absent: "refused", same: "refused", different: "refused", unreadable: "refused" },
  rejected: { absent: "not_executed", same: "not_executed", different: "not_executed", unreadable: "not_executed" },
  unknown: { absent: "unknown", same: "unknown", different: "unknown", unreadable: "unknown" },
} as const satisfies Record<HalfDeletion["kind"], Record<ReadBack, string>>;

const rows = Object.values(answers).flatMap((answer) =>
  Object.entries(expected[answer.kind]).map(([after, outcome]) => ({ answer, after, outcome })),
);

test.each(rows)("an answer of $answer.kind with $after read back is $outcome", ({ answer, after, outcome }) => {
  expect(decideRemoval(answer, asReadBack(after)).outcome).toBe(outcome);
});

test("says released only after AWS's own success, and never while the same lock is still there", () => {
  const released = rows.filter(({ outcome }) => outcome === "released");

  expect(released.map(({ answer, after }) => [answer.kind, after])).toEqual([
    ["deleted", "absent"],
    ["deleted", "different"],
  ]);
});

function asReadBack(text: string): ReadBack {
  const found = (["absent", "same", "different", "unreadable"] as const).find((value) => value === text);
  if (found === undefined) throw new Error(`${text} is not a read-back`);
  return found;
}
