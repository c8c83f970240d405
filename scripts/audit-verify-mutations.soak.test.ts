import { expect, test } from "vitest";
import { proveDetection } from "./testing/prove-detection.ts";

test("10,000 of 10,000 random single changes of an export are found where they begin", async () => {
  expect(await proveDetection(10_000)).toBe(10_000);
});
