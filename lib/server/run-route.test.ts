import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { AppError } from "#lib/services/errors.ts";
import { logger } from "./logger.ts";
import { answerError, runRoute } from "./run-route.ts";

beforeAll(() => {
  logger.level = "silent";
});
afterEach(() => {
  vi.unstubAllGlobals();
});

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

test.each([
  ["the database does not answer", new AppError("No answer.", { code: "unavailable", hint: "Try again." }), 503],
  ["something fails that should not", new Error("secret detail"), 500],
])("while nobody can tell who asks, because %s, no route does anything", async (_name, error, status) => {
  const handle = vi.fn();
  vi.stubGlobal("lockkeeperRuntime", Promise.resolve({ authenticate: () => Promise.reject(error) }));
  const request = new Request("http://127.0.0.1/api/v1/locks", { headers: { host: "127.0.0.1" } });

  const answer = await runRoute(request, handle);

  expect(answer.status).toBe(status);
  expect(await answer.text()).not.toContain("secret detail");
  expect(handle).not.toHaveBeenCalled();
});

test("whom nobody knows is refused by every route before it does anything", async () => {
  const handle = vi.fn();
  vi.stubGlobal("lockkeeperRuntime", Promise.resolve({ authenticate: async () => null }));
  const request = new Request("http://127.0.0.1/api/v1/locks", { headers: { host: "127.0.0.1" } });

  expect((await runRoute(request, handle)).status).toBe(401);
  expect(handle).not.toHaveBeenCalled();
});
