import { expect, test } from "vitest";
import { createCallLimiter } from "./call-limiter.ts";
import { AWS_LIMITS } from "./limits.ts";
import { createScanCalls } from "./scan-calls.ts";

const callsIn = (account: string, limit: ReturnType<typeof createCallLimiter>) =>
  createScanCalls({ account, limit, limits: AWS_LIMITS });

test("calls are bounded by source, by account and in all, and what waits for its own takes no common place", async () => {
  const limit = createCallLimiter({ callsPerSource: 1, callsPerAccount: 2, callsInAll: 3 });
  const sources = { a: callsIn("A", limit), b: callsIn("A", limit), c: callsIn("A", limit), d: callsIn("B", limit) };
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (source: keyof typeof sources, name: string) =>
    sources[source].run(() => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });

  const calls = [call("a", "a1"), call("a", "a2"), call("b", "b1"), call("c", "c1"), call("d", "d1"), call("d", "d2")];
  await expect.poll(() => started).toEqual(["a1", "b1", "d1"]);
  ends.get("d1")?.();
  await expect.poll(() => started).toEqual(["a1", "b1", "d1", "d2"]);
  ends.get("b1")?.();
  await expect.poll(() => started).toEqual(["a1", "b1", "d1", "d2", "c1"]);
  ends.get("a1")?.();
  await expect.poll(() => started).toHaveLength(6);
  for (const end of ends.values()) end();

  await Promise.all(calls);
});

test("a failed call gives its place back", async () => {
  const calls = callsIn("a", createCallLimiter({ callsPerSource: 1, callsPerAccount: 1, callsInAll: 1 }));

  await expect(calls.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");

  await expect(calls.run(async () => "yes")).resolves.toBe("yes");
});
