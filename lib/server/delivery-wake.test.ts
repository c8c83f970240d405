import { expect, test } from "vitest";
import { hurryDeliveries, waitForHurry } from "./delivery-wake.ts";

const LONG_MS = 3_600_000;

test("whoever waits goes on as soon as it is hurried", async () => {
  const ended = new AbortController();
  const waits = Promise.all([waitForHurry(LONG_MS, ended.signal), waitForHurry(LONG_MS, ended.signal)]);

  hurryDeliveries();

  await expect(waits).resolves.toEqual([undefined, undefined]);
});

test("nobody waits for what has ended, and a hurry before the wait is not kept", async () => {
  const ended = new AbortController();
  hurryDeliveries();
  const wait = waitForHurry(LONG_MS, ended.signal);
  ended.abort();

  await expect(wait).resolves.toBeUndefined();
  await expect(waitForHurry(LONG_MS, ended.signal)).resolves.toBeUndefined();
});

test("without a hurry it goes on when it is time", async () => {
  await expect(waitForHurry(1, new AbortController().signal)).resolves.toBeUndefined();
});
