import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answerInTime, recordInTime } from "./in-time.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const IN_TIME = { storeAnswerMsMax: 1_000 };

test("an answer in time is the answer, and leaves no timer behind", async () => {
  await expect(answerInTime(IN_TIME, Promise.resolve("there"))).resolves.toBe("there");
  await expect(answerInTime(IN_TIME, Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  expect(vi.getTimerCount()).toBe(0);
});

test.each(["resolve", "reject"] as const)("silence is `unavailable`, even if the late answer is a %s", async (how) => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const answer = answerInTime(IN_TIME, promise);
  const refused = expect(answer).rejects.toMatchObject({ code: "unavailable" });

  await vi.advanceTimersByTimeAsync(1_000);
  how === "resolve" ? resolve("late") : reject(new Error("late"));

  await refused;
});

test("a store within this process is waited for", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const answer = answerInTime({ storeAnswerMsMax: null }, promise);

  await vi.advanceTimersByTimeAsync(60_000);
  resolve("there");

  await expect(answer).resolves.toBe("there");
});

test("a record that is not written in time, or not at all, is counted as failed and never as written", async () => {
  const auditAppendFailed = vi.fn();
  const ctx = { ...IN_TIME, counters: { auditAppendFailed } as never };
  const late = expect(recordInTime(ctx, () => new Promise(() => undefined))).rejects.toMatchObject({
    code: "unavailable",
  });
  const failed = expect(recordInTime(ctx, () => Promise.reject(new Error("full")))).rejects.toThrow("full");

  await vi.advanceTimersByTimeAsync(1_000);

  await Promise.all([late, failed]);
  expect(auditAppendFailed).toHaveBeenCalledTimes(2);
});
