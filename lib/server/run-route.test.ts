import { expect, test } from "vitest";
import { AppError } from "#lib/services/errors.ts";
import { answerError } from "./run-route.ts";

test("who asks too often is told in whole seconds when to come back, and never sooner than they may", async () => {
  const error = new AppError("Too often.", { code: "too_many", hint: "Try again in 5 s.", retryInMs: 4_001 });
  const answer = answerError(error, "01REQUEST");

  expect(answer.status).toBe(429);
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(await answer.json()).toEqual({
    error: { code: "too_many", message: "Too often.", hint: "Try again in 5 s.", requestId: "01REQUEST" },
  });
});

test("other errors say nothing of coming back", () => {
  const answer = answerError(new AppError("No.", { code: "refused", hint: "Ask somebody else." }), "01REQUEST");

  expect(answer.headers.has("retry-after")).toBe(false);
});
