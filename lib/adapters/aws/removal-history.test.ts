import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Source } from "#lib/domain/source.ts";
import type { RemovalProof } from "#lib/services/ports/halves.ts";
import type { Fault } from "#sandbox/sandbox.ts";
import { createScanner } from "./source-scanner.ts";
import {
  addressOf,
  HOSTILE_STATE_KEYS,
  type SandboxAccount,
  startSandboxAccount,
  TEST_LIMITS,
} from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
  world.sandbox.setClockOffsetMs(0);
  world.sandbox.setSkewRefused(true);
});
afterAll(() => world.sandbox.close());

const KEY = "x.tfstate.tflock";
/** A whole second, so that "the same second" is sure. */
const NOON_MS = Date.UTC(2026, 10, 24, 12);
type Half = { etag: string; versionId: string | null };

test("a delete marker directly on the half, after that time, proves its removal", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, KEY, "a");
  world.sandbox.deleteObject(source.name, KEY);
  const [marker] = world.sandbox.listVersions(source.name, KEY);

  const proof = await find(source, half, Date.now());

  const removedAtMs = Math.floor((marker?.lastModifiedMs ?? 0) / 1000) * 1000;
  expect(proof).toEqual({ verdict: "removed", removedAtMs, requestId: expect.any(String) });
});

test("it asks for the history of that key alone, of that owner, as the scan role, and of nothing else", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, KEY, "a");
  world.sandbox.deleteObject(source.name, KEY);

  await find(source, half);

  const sent = world.sandbox.journal({ service: "s3" });
  expect(new Set(sent.map(({ operation }) => operation))).toEqual(new Set(["ListObjectVersions"]));
  expect(sent.map(({ principal }) => principal?.role)).toEqual(["scan", "scan"]);
  expect(sent.every(({ headers }) => headers["x-amz-expected-bucket-owner"] === source.account.id)).toBe(true);
});

test("what lies on what is not concluded from times: many entries of one second are told apart", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const put = (text: string) => world.sandbox.putObject(source.name, KEY, text, { lastModifiedMs: NOON_MS });
  stopClockAt(NOON_MS);
  const deleted = put("deleted");
  world.sandbox.deleteObject(source.name, KEY);
  const overwritten = put("overwritten");
  const overwriting = put("overwriting");
  world.sandbox.deleteObject(source.name, KEY);
  world.sandbox.deleteObject(source.name, KEY);
  const current = put("current");

  const verdicts: string[] = [];
  for (const half of [deleted, overwritten, overwriting, current]) {
    verdicts.push((await find(source, half, NOON_MS)).verdict);
  }

  expect(verdicts).toEqual(["removed", "not_proven", "removed", "not_proven"]);
});

test("a removal before that time proves nothing, and one in its second does", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, KEY, "a", { lastModifiedMs: NOON_MS - 60_000 });
  stopClockAt(NOON_MS);
  world.sandbox.deleteObject(source.name, KEY);

  expect(await find(source, half, NOON_MS + 999)).toMatchObject({ verdict: "removed", removedAtMs: NOON_MS });
  expect(await find(source, half, NOON_MS + 1000)).toMatchObject({
    verdict: "not_proven",
    detail: expect.stringContaining("after that time"),
  });
});

test("a half that is still there, or was overwritten, was not removed", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, KEY, "a");

  const present = await find(source, half);
  world.sandbox.putObject(source.name, KEY, "b");
  const overwritten = await find(source, half);

  expect(present).toMatchObject({ verdict: "not_proven", detail: expect.stringContaining("still there") });
  expect(overwritten.verdict).toBe("not_proven");
});

test("the version that was recorded is what must have been removed, not one with the same bytes", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const put = () => world.sandbox.putObject(source.name, KEY, "same bytes");
  const first = put();
  world.sandbox.deleteObject(source.name, KEY);
  const second = put();

  expect((await find(source, first)).verdict).toBe("removed");
  expect((await find(source, second)).verdict).toBe("not_proven");
  expect((await find(source, { ...first, etag: '"another"' })).verdict).toBe("not_proven");
  expect((await find(source, { ...first, versionId: "another" })).verdict).toBe("not_proven");
});

test("without a recorded version the ETag counts, of a version that was there at that time", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const put = (atMs: number) => world.sandbox.putObject(source.name, KEY, "same bytes", { lastModifiedMs: atMs });
  const { etag } = put(NOON_MS - 60_000);
  stopClockAt(NOON_MS - 30_000);
  world.sandbox.deleteObject(source.name, KEY);
  put(NOON_MS + 10_000);
  stopClockAt(NOON_MS + 20_000);
  world.sandbox.deleteObject(source.name, KEY);
  const half = { etag, versionId: null };

  // At noon nothing was there: the first had gone, and the second, with the same ETag, came later.
  expect((await find(source, half, NOON_MS)).verdict).toBe("not_proven");
  expect((await find(source, half, NOON_MS - 40_000)).verdict).toBe("removed");
  expect((await find(source, half, NOON_MS + 15_000)).verdict).toBe("removed");
  expect((await find(source, { etag: null, versionId: null }, NOON_MS)).verdict).toBe("not_proven");
});

test("keys that begin with the lock's key have a history of their own", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, `${KEY}.tflock`, "a");
  world.sandbox.deleteObject(source.name, `${KEY}.tflock`);

  expect((await find(source, half)).verdict).toBe("not_proven");
  world.sandbox.putObject(source.name, KEY, "b");
  world.sandbox.deleteObject(source.name, KEY);
  expect((await find(source, half)).verdict).toBe("not_proven");
});

test("a removal is found under what came after it, and given up when too much came", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, KEY, "a");
  world.sandbox.deleteObject(source.name, KEY);
  const cycle = (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      world.sandbox.putObject(source.name, KEY, String(round));
      world.sandbox.deleteObject(source.name, KEY);
    }
  };

  cycle(300);
  const deep = await find(source, half);
  cycle(300);
  world.sandbox.clearJournal();
  const tooDeep = await find(source, half);

  expect(deep.verdict).toBe("removed");
  expect(tooDeep.verdict).toBe("not_proven");
  expect(world.sandbox.journal({ operation: "ListObjectVersions" })).toHaveLength(4);
});

test.each(["off", "suspended"] as const)("a bucket with versioning %s proves nothing", async (versioning) => {
  const source = world.newBucket({ versioning });
  const half = world.sandbox.putObject(source.name, KEY, "a");
  const present = await find(source, half);
  world.sandbox.deleteObject(source.name, KEY);

  expect(present.verdict).toBe("not_proven");
  expect(await find(source, half)).toMatchObject({
    verdict: "not_proven",
    detail: "The bucket's history does not show this lock.",
  });
});

test.each([
  ["403", { kind: "status", status: 403, code: "AccessDenied" }, "s3:ListBucketVersions"],
  ["501", { kind: "status", status: 501, code: "NotImplemented" }, "NotImplemented"],
  ["a portal's page", { kind: "answer-200" }, "could not be read"],
  ["silence", { kind: "hang" }, "did not answer in time"],
  ["a broken connection", { kind: "drop-before" }, "could not be read"],
] as const)("a history that is answered with %s proves nothing, and says so", async (_name, effect, words) => {
  const source = world.newBucket({ versioning: "enabled" });
  const half = world.sandbox.putObject(source.name, KEY, "a");
  world.sandbox.deleteObject(source.name, KEY);
  world.sandbox.addFault({ match: { operation: "ListObjectVersions" }, effect } satisfies Fault);

  const proof = await find(source, half);

  expect(proof).toMatchObject({ verdict: "not_proven", detail: expect.stringContaining(words) });
});

test("a scan role without the permission is told which one it takes", async () => {
  const account = { ...world.account, name: "old", scanRoleArn: `arn:aws:iam::${world.account.id}:role/old-scan` };
  const allow = ["s3:ListBucket", "s3:GetObject"];
  world.sandbox.addRole({ accountId: account.id, name: "old-scan", externalId: "ext-1", allow });
  const source = world.newBucket({ account, versioning: "enabled" });

  const proof = await find(source, { etag: '"e"', versionId: "v" });

  expect(proof).toMatchObject({
    verdict: "not_proven",
    detail: expect.stringContaining("It takes s3:ListBucketVersions."),
  });
});

test.each(HOSTILE_STATE_KEYS)("the removal of %j is proven", async (stateKey) => {
  const source = world.newBucket({ versioning: "enabled" });
  const key = `${stateKey}.tflock`;
  const half = world.sandbox.putObject(source.name, key, "a");
  world.sandbox.deleteObject(source.name, key);

  expect((await find(source, half, 0, key)).verdict).toBe("removed");
});

test("a table has no history, and is not asked for one", async () => {
  const table = await world.newTable();
  const half = { ...addressOf(table, "acme/x"), etag: null, versionId: null, sinceMs: 0 };

  const proof = await createScanner({ env: world.env, limits: TEST_LIMITS }).findRemoval(table, half);

  expect(proof).toEqual({
    verdict: "not_proven",
    detail: "DynamoDB keeps no history of items.",
    requestId: null,
  });
  expect(world.sandbox.journal()).toEqual([]);
});

function find(
  source: Source,
  half: { etag: string | null; versionId: string | null } | Half,
  sinceMs = 0,
  key = KEY,
): Promise<RemovalProof> {
  const scanner = createScanner({ env: world.env, limits: { ...TEST_LIMITS, scanCallMs: 1_500, requestMs: 700 } });
  return scanner.findRemoval(source, { ...addressOf(source, key), ...half, sinceMs });
}

/** Markers are dated by the sandbox's clock; requests keep the time of this machine. */
function stopClockAt(atMs: number): void {
  world.sandbox.setSkewRefused(false);
  world.sandbox.setClockOffsetMs(atMs - Date.now() + 50);
}
