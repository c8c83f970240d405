import { expect, test } from "vitest";
import { proveDetection } from "./testing/prove-detection.ts";

test("2,000 of 2,000 random single changes of an export are found where they begin", async () => {
  expect(await proveDetection(2_000)).toBe(2_000);
}, 120_000);
