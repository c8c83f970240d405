import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import { createScanClients } from "./account-clients.ts";
import { createCallLimiter } from "./call-limiter.ts";
import { AWS_LIMITS } from "./limits.ts";
import { decodeListedKey, type ListedLock, listLockPages } from "./s3-lister.ts";
import { createScanCalls } from "./scan-calls.ts";
import { type SandboxAccount, startSandboxAccount } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterAll(() => world.sandbox.close());

const segment = fc.constantFrom(
  "a",
  "b",
  "a-b",
  "a.tflock",
  "é",
  "\uD7FF",
  "\uE000",
  "\uFFFD",
  "\u{10000}",
  "\u{10FFFF}",
  "+",
  " ",
  "%",
);
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/"));
const suffix = fc.constantFrom("", ".tflock", ".tflock.tflock", "-backup", "/x", ".tflock/x", "\u0001", "~");
const keys = fc.uniqueArray(
  fc.tuple(path, suffix).map(([start, end]) => start + end),
  { maxLength: 40 },
);
const knobs = fc.record({
  maxKeys: fc.integer({ min: 1, max: 6 }),
  shortPages: fc.boolean(),
  emptyPages: fc.boolean(),
});

test("every lock is found once with the size of its own state, whatever the keys and the pages are", async () => {
  const clients = createScanClients({ environment: world.env, limits: AWS_LIMITS, now: Date.now });
  const run = fc.asyncProperty(keys, knobs, async (present, listing) => {
    const source = world.newBucket();
    for (const [size, key] of present.entries()) world.sandbox.putObject(source.name, key, "x".repeat(size));
    world.sandbox.setListing(listing);
    const calls = createScanCalls({ account: "a", limit: createCallLimiter(AWS_LIMITS), limits: AWS_LIMITS });

    const found: ListedLock[] = [];
    let objectsSeen = 0;
    for await (const page of listLockPages(clients.s3(source), source, calls)) {
      found.push(...page.locks);
      objectsSeen += page.objectsSeen;
    }

    const expected = present.flatMap((key, sizeBytes) => {
      const parsed = parseLockObjectKey(key);
      if (parsed.verdict !== "lock") return [];
      const stateSize = present.indexOf(parsed.stateKey);
      return [{ key, sizeBytes, stateSize: stateSize < 0 ? null : stateSize }];
    });
    const listed = found.map(({ key, sizeBytes, state }) => ({ key, sizeBytes, stateSize: state?.sizeBytes ?? null }));
    expect(byKey(listed)).toEqual(byKey(expected));
    expect(objectsSeen).toBe(present.length);
  });
  await fc.assert(run, { numRuns: 60 });
});

test("a listed key is decoded as a form is, and refused when it is no UTF-8", () => {
  expect(decodeListedKey("a+b%2Bc%20d%25/e")).toBe("a b+c d%/e");
  expect(decodeListedKey("%FF")).toBeNull();
  expect(decodeListedKey("100%")).toBeNull();
});

function byKey<T extends { key: string }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
