import { afterEach, expect, test } from "vitest";
import { drainWork, isDraining, runToEnd } from "./running-work.ts";

afterEach(() => {
  Reflect.deleteProperty(globalThis, "lockkeeperRunningWork");
});

test("work runs, and gives what it comes to", async () => {
  await expect(runToEnd(async () => 7)).resolves.toBe(7);
  await expect(runToEnd(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(isDraining()).toBe(false);
});

test("a process that is about to end waits for what it has begun, and begins nothing new", async () => {
  const unlock = Promise.withResolvers<string>();
  const running = runToEnd(() => unlock.promise);

  const drained = drainWork(60_000);
  let begun = 0;
  const late = runToEnd(async () => {
    begun += 1;
  });

  await expect(late).rejects.toMatchObject({ code: "unavailable", hint: "Try again in a moment." });
  expect([begun, isDraining()]).toEqual([0, true]);
  unlock.resolve("released");
  await expect(running).resolves.toBe("released");
  await expect(drained).resolves.toBe(0);
});

test("work that fails ends the wait like any other", async () => {
  const unlock = Promise.withResolvers<string>();
  const running = runToEnd(() => unlock.promise);
  const drained = drainWork(60_000);

  unlock.reject(new Error("failed"));

  await expect(running).rejects.toThrow("failed");
  await expect(drained).resolves.toBe(0);
});

test("what does not end in time is told, not waited for", async () => {
  const unlock = Promise.withResolvers<string>();
  const running = runToEnd(() => unlock.promise);

  await expect(drainWork(1)).resolves.toBe(1);
  unlock.resolve("late");
  await running;
});
