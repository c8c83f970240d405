import fc from "fast-check";
import { expect, test } from "vitest";
import { decideRate } from "./rate.ts";

const RULE = { limit: 3, perMs: 60_000 };

test.each([
  ["the first", [100], { ok: true }],
  ["the last that fits", [0, 1, 2], { ok: true }],
  ["one too many", [0, 1, 2, 10_000], { ok: false, retryInMs: 50_000 }],
  ["one too many, just before the first of them leaves", [0, 1, 2, 59_999], { ok: false, retryInMs: 1 }],
  ["one too many, by a clock that was set back", [90_000, 90_001, 90_002, 0], { ok: false, retryInMs: 60_000 }],
] as const)("decides on %s", (_name, atMs, verdict) => {
  expect(decideRate(atMs, RULE)).toEqual(verdict);
});

test("who waits as long as they are told is let in, and never has to wait longer than the span", () => {
  const gaps = fc.array(fc.nat(30_000), { minLength: RULE.limit, maxLength: RULE.limit });
  fc.assert(
    fc.property(gaps, (given) => {
      let at = 0;
      const atMs = given.map((gap) => {
        at += gap;
        return at;
      });
      const inSpan = atMs.filter((at) => at > (atMs.at(-1) ?? 0) - RULE.perMs);
      const verdict = decideRate(inSpan, RULE);
      const nowMs = inSpan.at(-1) ?? 0;
      const waitMs = verdict.ok ? 0 : verdict.retryInMs;
      expect(waitMs).toBeLessThanOrEqual(RULE.perMs);
      const later = inSpan.slice(0, RULE.limit).filter((at) => nowMs + waitMs - at < RULE.perMs);
      expect(decideRate([...later, nowMs + waitMs], RULE)).toEqual(verdict.ok ? expect.anything() : { ok: true });
    }),
  );
});
