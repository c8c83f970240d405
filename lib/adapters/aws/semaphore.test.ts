import { expect, test } from "vitest";
import { createCallLimiter } from "./semaphore.ts";

test("calls are bounded by account and in all, and a full account takes no common place it does not use", async () => {
  const limit = createCallLimiter({ callsPerAccount: 2, callsInAll: 3 });
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (account: string, name: string) =>
    limit(account, () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });

  const calls = [call("a", "a1"), call("a", "a2"), call("a", "a3"), call("b", "b1"), call("b", "b2")];
  await expect.poll(() => started).toEqual(["a1", "a2", "b1"]);
  ends.get("a1")?.();
  await expect.poll(() => started).toHaveLength(4);
  for (const name of ["a2", "b1"]) ends.get(name)?.();
  await expect.poll(() => started.toSorted()).toEqual(["a1", "a2", "a3", "b1", "b2"]);
  for (const end of ends.values()) end();

  await Promise.all(calls);
});

test("a failed call gives its place back", async () => {
  const limit = createCallLimiter({ callsPerAccount: 1, callsInAll: 1 });

  await expect(limit("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");

  await expect(limit("a", async () => "yes")).resolves.toBe("yes");
});
