import { describe, expect, test } from "vitest";
import { UNLOCK_OUTCOMES } from "./unlock.ts";
import { stepUnlock, type UnlockEvent, type UnlockState } from "./unlock-machine.ts";

const STATES: readonly UnlockState[] = ["requested", ...UNLOCK_OUTCOMES];
const FINAL = UNLOCK_OUTCOMES.filter((outcome) => outcome !== "unknown");

/** What becomes of a pair whose halves ended so: the row is one half, the column the other. */
const AFTER_INTENT = table(
  ["released", "changed", "already_gone", "refused", "not_executed", "gone_unattributed", "unknown"] as const,
  {
    released: "released partial released partial partial released unknown",
    changed: "partial changed changed changed changed partial unknown",
    already_gone: "released changed already_gone refused not_executed gone_unattributed unknown",
    refused: "partial changed refused refused refused partial unknown",
    not_executed: "partial changed not_executed refused not_executed partial unknown",
    gone_unattributed: "released partial gone_unattributed partial partial gone_unattributed unknown",
    unknown: "unknown unknown unknown unknown unknown unknown unknown",
  },
);

/** What the fresh reads of a pair make of an unlock. */
const AFTER_READING = table(["requested", "changed", "already_gone", "refused", "not_executed"] as const, {
  requested: "requested changed changed refused not_executed",
  changed: "changed changed changed changed changed",
  already_gone: "changed changed already_gone refused not_executed",
  refused: "refused changed refused refused refused",
  not_executed: "not_executed changed not_executed refused not_executed",
});

const TURNED_DOWN = {
  listed_gone: "already_gone",
  not_as_shown: "changed",
  blocked: "refused",
  by_policy: "refused",
  role_refused: "refused",
  no_session: "not_executed",
  in_progress: "refused",
} as const;

type Case = {
  readonly name: string;
  readonly event: UnlockEvent;
  readonly fromRequested: string;
  readonly fromUnknown: string;
};
const NO = "not allowed";

const CASES: readonly Case[] = [
  ...(
    ["listed_gone", "not_as_shown", "blocked", "by_policy", "role_refused", "no_session", "in_progress"] as const
  ).map(
    (because): Case => ({
      name: `turned_down ${because}`,
      event: { kind: "turned_down", because },
      fromRequested: TURNED_DOWN[because],
      fromUnknown: NO,
    }),
  ),
  { name: "intent_committed", event: { kind: "intent_committed" }, fromRequested: "unknown", fromUnknown: NO },
  ...AFTER_READING.map(
    ({ halves, outcome }): Case => ({
      name: `freshly_read ${halves.join(" and ")}`,
      event: { kind: "freshly_read", halves },
      fromRequested: outcome,
      fromUnknown: NO,
    }),
  ),
  ...AFTER_INTENT.map(
    ({ halves, outcome }): Case => ({
      name: `halves_moved ${halves.join(" and ")}`,
      event: { kind: "halves_moved", halves },
      fromRequested: NO,
      fromUnknown: outcome,
    }),
  ),
];

describe.each(CASES)("$name", ({ event, fromRequested, fromUnknown }) => {
  test(`makes an unlock that is requested ${fromRequested}`, () => {
    expect(expectedOf(stepUnlock("requested", event))).toBe(fromRequested);
  });

  test(`makes an unlock that is unknown ${fromUnknown}`, () => {
    expect(expectedOf(stepUnlock("unknown", event))).toBe(fromUnknown);
  });

  test.each(FINAL)("changes nothing of one that ended %s", (outcome) => {
    expect(stepUnlock(outcome, event)).toMatchObject({ verdict: "not_allowed", state: outcome });
  });
});

test("every outcome can be reached", () => {
  const reached = STATES.flatMap((from) =>
    CASES.map(({ event }) => stepUnlock(from, event)).filter(({ verdict }) => verdict === "next"),
  ).map(({ state }) => state);

  expect(new Set(reached)).toEqual(new Set(STATES));
});

test("unknown is left only when every half has its outcome", () => {
  for (const { event } of CASES) {
    const { state } = stepUnlock("unknown", event);
    if (state !== "unknown")
      expect(event).toMatchObject({ kind: "halves_moved", halves: expect.not.arrayContaining(["unknown"]) });
  }
});

test("an unlock of which nothing is known to exist is not ready for an intent", () => {
  expect(stepUnlock("requested", { kind: "freshly_read", halves: [] }).state).toBe("already_gone");
});

/** Every pair of a table and, from its diagonal, every single half. */
function table<State extends string>(states: readonly State[], rows: Readonly<Record<State, string>>) {
  const pairs = states.flatMap((row) =>
    rows[row].split(" ").map((outcome, column) => ({ halves: [row, states[column] ?? row], outcome })),
  );
  const singles = states.map((state, index) => ({ halves: [state], outcome: rows[state].split(" ")[index] ?? "" }));
  return [...pairs, ...singles];
}

function expectedOf(step: ReturnType<typeof stepUnlock>): string {
  return step.verdict === "next" ? step.state : NO;
}
