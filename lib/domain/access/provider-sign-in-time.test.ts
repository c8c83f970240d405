import { expect, test } from "vitest";
import { judgeSignInTime } from "./provider-sign-in-time.ts";

const NOW_MS = 1_000_000_000;
const seconds = (ms: number) => ms / 1000;

test("what the provider says counts, and never as later than now", () => {
  expect(judgeSignInTime({ auth_time: seconds(NOW_MS - 60_000) }, null, NOW_MS)).toEqual({
    verdict: "told",
    atMs: NOW_MS - 60_000,
  });
  expect(judgeSignInTime({ auth_time: seconds(NOW_MS + 60_000) }, null, NOW_MS)).toEqual({
    verdict: "told",
    atMs: NOW_MS,
  });
});

test.each([[undefined], ["1000"], [Number.NaN], [-1]])("an auth_time of %s tells nothing", (auth_time) => {
  expect(judgeSignInTime({ auth_time }, null, NOW_MS)).toEqual({ verdict: "unknown" });
});

test("who was asked to sign in again must have done so since", () => {
  const askedMs = NOW_MS - 120_000;
  expect(judgeSignInTime({ auth_time: seconds(askedMs - 61_000) }, askedMs, NOW_MS)).toEqual({ verdict: "too_old" });
  expect(judgeSignInTime({ auth_time: seconds(askedMs + 1_000) }, askedMs, NOW_MS)).toMatchObject({ verdict: "told" });
});

test("a provider that was told to ask, and says nothing, has asked", () => {
  expect(judgeSignInTime({}, NOW_MS - 1, NOW_MS)).toEqual({ verdict: "told", atMs: NOW_MS });
});
