import { expect, test } from "vitest";
import { createRequestPace } from "./request-pace.ts";

const OK = { status: 200, durationMs: 80 };
const LIMITS = { start: 4, most: 64 };

test("doubles after each round of good answers, up to its limit", () => {
  const pace = createRequestPace({ limits: LIMITS, now: () => 0 });
  for (let i = 0; i < 4; i += 1) pace.note(OK);
  expect(pace.wanted()).toBe(8);
  for (let i = 0; i < 1_000; i += 1) pace.note(OK);
  expect(pace.wanted()).toBe(64);
});

test.each([503, 429, 500, 0])("halves on status %i, once for all that were under way together", (status) => {
  const pace = createRequestPace({ limits: { start: 16, most: 64 }, now: () => 0 });
  for (let i = 0; i < 10; i += 1) pace.note({ status, durationMs: 5 });
  expect(pace.wanted()).toBe(8);
});

test("an error about permissions says nothing about pace", () => {
  const pace = createRequestPace({ limits: { start: 16, most: 16 } });
  pace.note({ status: 403, durationMs: 5 });
  expect(pace.wanted()).toBe(16);
});

test("does not grow while the event loop is late", () => {
  const pace = createRequestPace({ limits: LIMITS, lagMs: () => 25 });
  for (let i = 0; i < 100; i += 1) pace.note(OK);
  expect(pace.wanted()).toBe(4);
});

test("shrinks while answers take many times the quickest", () => {
  const pace = createRequestPace({ limits: { start: 8, most: 8 } });
  pace.note(OK);
  for (let i = 0; i < 100; i += 1) pace.note({ status: 200, durationMs: 500 });
  expect(pace.wanted()).toBe(1);
});

test("a bucket that takes 200 requests a second gets nearly as many, and rejects few of them", () => {
  let atMs = 0;
  const pace = createRequestPace({ limits: { start: 16, most: 64 }, now: () => atMs });
  const latencyMs = 30;
  const counts = { sent: 0, rejected: 0 };
  let tokens = 20;
  for (; atMs < 22_000; atMs += latencyMs) {
    tokens = Math.min(20, tokens + (200 * latencyMs) / 1000);
    for (let sent = pace.wanted(); sent > 0; sent -= 1) {
      const isRejected = tokens < 1;
      if (!isRejected) tokens -= 1;
      if (atMs > 2_000) counts.sent += 1;
      if (atMs > 2_000 && isRejected) counts.rejected += 1;
      pace.note({ status: isRejected ? 503 : 200, durationMs: latencyMs });
    }
  }
  expect(counts.rejected / counts.sent).toBeLessThan(0.05);
  expect(counts.sent / 20).toBeGreaterThan(90);
});
