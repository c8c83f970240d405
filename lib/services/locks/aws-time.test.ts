import { expect, test } from "vitest";
import { awsNow } from "./aws-time.ts";

function clocks() {
  let offsetMs: number | null = null;
  const ctx = { now: () => 1_000_000, scanner: { clockOffsetMs: () => offsetMs } };
  return (measured: number | null) => {
    offsetMs = measured;
    return awsNow(ctx) - 1_000_000;
  };
}

test("AWS's time is ours until AWS has told its own, and while the two hardly differ", () => {
  const differenceAt = clocks();

  expect([null, 5_000, -5_000, 0].map(differenceAt)).toEqual([0, 0, 0, 0]);
});

test("a clear difference counts, and is kept as it is until it is clearly another", () => {
  const differenceAt = clocks();

  expect([3_600_000, 3_600_900, 3_595_000, 3_605_001].map(differenceAt)).toEqual([
    3_600_000, 3_600_000, 3_600_000, 3_605_001,
  ]);
});

test("a difference that is gone, as after our clock was set right, is none", () => {
  const differenceAt = clocks();

  expect([-3_600_000, 400, null].map(differenceAt)).toEqual([-3_600_000, 0, 0]);
});
