import { describe, expect, test } from "vitest";
import { UNLOCK_OUTCOMES } from "./unlock.ts";
import { type HalfEvent, type HalfState, mayContinueAfter, needsReadBack, stepHalf } from "./unlock-half-machine.ts";

const OUTCOMES = UNLOCK_OUTCOMES.filter((outcome) => outcome !== "partial");
const FINAL = OUTCOMES.filter((outcome) => outcome !== "unknown");
const STATES: readonly HalfState[] = ["requested", ...OUTCOMES];

const READ_BACKS = ["absent", "same", "different", "unread"] as const;
const ANSWERS = ["deleted", "condition_failed", "absent", "denied", "rejected", "unknown"] as const;
const message = "what AWS said";

/** Every event there is, by a name that says all of it. */
const EVENTS = new Map<string, HalfEvent>([
  ...(
    ["listed_gone", "not_as_shown", "blocked", "by_policy", "role_refused", "no_session", "in_progress"] as const
  ).map((because) => [`turned_down ${because}`, { kind: "turned_down", because, message }] as const),
  ...(["as_shown", "different", "absent", "denied", "failed"] as const).map(
    (found) => [`fresh_read ${found}`, { kind: "fresh_read", found, message }] as const,
  ),
  ["other_half_stopped", { kind: "other_half_stopped" }],
  ["intent_committed", { kind: "intent_committed" }],
  ["not_sent half_before_stands", { kind: "not_sent", because: "half_before_stands" }],
  ["not_sent too_late", { kind: "not_sent", because: "too_late" }],
  ...ANSWERS.flatMap((answer) =>
    READ_BACKS.map(
      (after) =>
        [`delete_answered ${answer}, then ${after}`, { kind: "delete_answered", answer, after, message }] as const,
    ),
  ),
  ...READ_BACKS.flatMap((found) =>
    ([true, false] as const).flatMap((isDue) =>
      (["removed_in_time", "not_proven"] as const).map(
        (proof) =>
          [
            `settling_read ${isDue ? "due" : "early"} ${found}, ${proof}`,
            { kind: "settling_read", found, isDue, proof, message },
          ] as const,
      ),
    ),
  ),
]);

type Expected = HalfState | "not allowed";
const NO = "not allowed";

/** What each event makes of a half that is `requested`, and of one that is `unknown`. */
const TABLE: Readonly<Record<string, readonly [Expected, Expected]>> = {
  "turned_down listed_gone": ["already_gone", NO],
  "turned_down not_as_shown": ["changed", NO],
  "turned_down blocked": ["refused", NO],
  "turned_down by_policy": ["refused", NO],
  "turned_down role_refused": ["refused", NO],
  "turned_down no_session": ["not_executed", NO],
  "turned_down in_progress": ["refused", NO],
  "fresh_read as_shown": ["requested", NO],
  "fresh_read different": ["changed", NO],
  "fresh_read absent": ["already_gone", NO],
  "fresh_read denied": ["refused", NO],
  "fresh_read failed": ["not_executed", NO],
  other_half_stopped: ["not_executed", NO],
  intent_committed: ["unknown", NO],
  "not_sent half_before_stands": [NO, "not_executed"],
  "not_sent too_late": [NO, "not_executed"],
  "delete_answered deleted, then absent": [NO, "released"],
  "delete_answered deleted, then same": [NO, "unknown"],
  "delete_answered deleted, then different": [NO, "released"],
  "delete_answered deleted, then unread": [NO, "unknown"],
  "delete_answered condition_failed, then absent": [NO, "already_gone"],
  "delete_answered condition_failed, then same": [NO, "not_executed"],
  "delete_answered condition_failed, then different": [NO, "changed"],
  "delete_answered condition_failed, then unread": [NO, "changed"],
  "delete_answered absent, then absent": [NO, "already_gone"],
  "delete_answered absent, then same": [NO, "not_executed"],
  "delete_answered absent, then different": [NO, "changed"],
  "delete_answered absent, then unread": [NO, "already_gone"],
  "delete_answered denied, then absent": [NO, "refused"],
  "delete_answered denied, then same": [NO, "refused"],
  "delete_answered denied, then different": [NO, "refused"],
  "delete_answered denied, then unread": [NO, "refused"],
  "delete_answered rejected, then absent": [NO, "not_executed"],
  "delete_answered rejected, then same": [NO, "not_executed"],
  "delete_answered rejected, then different": [NO, "not_executed"],
  "delete_answered rejected, then unread": [NO, "not_executed"],
  "delete_answered unknown, then absent": [NO, "unknown"],
  "delete_answered unknown, then same": [NO, "unknown"],
  "delete_answered unknown, then different": [NO, "unknown"],
  "delete_answered unknown, then unread": [NO, "unknown"],
  "settling_read due absent, removed_in_time": [NO, "released"],
  "settling_read due absent, not_proven": [NO, "gone_unattributed"],
  "settling_read due same, removed_in_time": [NO, "not_executed"],
  "settling_read due same, not_proven": [NO, "not_executed"],
  "settling_read due different, removed_in_time": [NO, "gone_unattributed"],
  "settling_read due different, not_proven": [NO, "gone_unattributed"],
  "settling_read due unread, removed_in_time": [NO, "unknown"],
  "settling_read due unread, not_proven": [NO, "unknown"],
  "settling_read early absent, removed_in_time": [NO, NO],
  "settling_read early absent, not_proven": [NO, NO],
  "settling_read early same, removed_in_time": [NO, NO],
  "settling_read early same, not_proven": [NO, NO],
  "settling_read early different, removed_in_time": [NO, NO],
  "settling_read early different, not_proven": [NO, NO],
  "settling_read early unread, removed_in_time": [NO, NO],
  "settling_read early unread, not_proven": [NO, NO],
};

test("the table has every event, and no other", () => {
  expect(Object.keys(TABLE).toSorted()).toEqual([...EVENTS.keys()].toSorted());
});

describe.each([...EVENTS])("%s", (name, event) => {
  const [fromRequested, fromUnknown] = TABLE[name] ?? [];

  test(`makes a requested half ${fromRequested}`, () => {
    expect(expectedOf(stepHalf("requested", event))).toBe(fromRequested);
  });

  test(`makes an unknown half ${fromUnknown}`, () => {
    expect(expectedOf(stepHalf("unknown", event))).toBe(fromUnknown);
  });

  test.each(FINAL)("changes nothing of one that ended %s", (outcome) => {
    expect(stepHalf(outcome, event)).toMatchObject({ verdict: "not_allowed", state: outcome });
  });
});

/** Every move that is allowed, as it is in the machine. */
const MOVES = STATES.flatMap((from) =>
  [...EVENTS.values()].flatMap((event) => {
    const step = stepHalf(from, event);
    return step.verdict === "next" ? [{ from, event, to: step.state, detail: step.detail }] : [];
  }),
);

test("every outcome can be reached, and says why", () => {
  expect(new Set(MOVES.map(({ to }) => to))).toEqual(new Set(STATES));
  expect(MOVES.filter(({ detail }) => detail.trim() === "")).toEqual([]);
});

test("unknown is left only by the process that settles its own delete, or by the reconciler once it is due", () => {
  const leaving = MOVES.filter(({ from, to }) => from === "unknown" && to !== "unknown").map(({ event }) => event);

  expect(new Set(leaving.map(({ kind }) => kind))).toEqual(new Set(["not_sent", "delete_answered", "settling_read"]));
  expect(leaving.filter((event) => event.kind === "settling_read" && !event.isDue)).toEqual([]);
});

test("nothing leads back to requested", () => {
  expect(MOVES.filter(({ from, to }) => to === "requested" && from !== "requested")).toEqual([]);
});

test("released takes AWS's own success and a read that no longer finds it, or a proof from the history", () => {
  const releases = MOVES.filter(({ to }) => to === "released").map(({ event }) => event);

  expect(releases).toEqual([
    { kind: "delete_answered", answer: "deleted", after: "absent", message },
    { kind: "delete_answered", answer: "deleted", after: "different", message },
    { kind: "settling_read", found: "absent", isDue: true, proof: "removed_in_time", message },
  ]);
});

test("without an intent on record nothing ends as if something had been sent", () => {
  const early = new Set(MOVES.filter(({ from }) => from === "requested").map(({ to }) => to));

  expect(early).toEqual(new Set(["requested", "unknown", "already_gone", "changed", "refused", "not_executed"]));
});

test.each(ANSWERS)(
  "what an answer of %s proves depends on the read after it exactly if that read is made",
  (answer) => {
    const ends = READ_BACKS.map(
      (after) => stepHalf("unknown", { kind: "delete_answered", answer, after, message }).state,
    );

    expect(needsReadBack(answer)).toBe(new Set(ends).size > 1);
  },
);

test("the second half is touched only if the first is surely gone", () => {
  expect(OUTCOMES.filter(mayContinueAfter)).toEqual(["released", "already_gone", "gone_unattributed"]);
});

function expectedOf(step: ReturnType<typeof stepHalf>): Expected {
  return step.verdict === "next" ? step.state : NO;
}
