import { afterAll, beforeAll, expect, test } from "vitest";
import { alice, HOSTILE, reconciler, sampleEntry, sampleUnlock, sampleUnlockHalf } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { verifyTrail } from "./testing/verify-trail.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const settled = { outcome: "released", outcomeAtMs: 1_500, holderNow: null } as const;
const released = sampleUnlockHalf({ outcome: "released", detail: "gone", awsRequestIds: ["R1"] });

async function countEvents(): Promise<number> {
  return await db.database.prisma.auditEvent.count();
}

test("of 50 who unlock one lock at once exactly one begins, and the others learn who", async () => {
  const { unlocks } = db.stores;
  const before = await countEvents();
  const all = Array.from({ length: 50 }, () => sampleUnlock({ lockKey: "the same" }));
  const verdicts = await Promise.all(all.map((unlock) => unlocks.begin(unlock, sampleEntry(), 0)));
  const winner = all[verdicts.findIndex(({ verdict }) => verdict === "begun")];
  expect(verdicts.filter(({ verdict }) => verdict === "begun")).toHaveLength(1);
  expect(verdicts.filter((result) => result.verdict === "in_progress" && result.unlock.id === winner?.id)).toHaveLength(
    49,
  );
  expect(await countEvents()).toBe(before + 1);
});

test("of 50 requests with one idempotency key exactly one begins, and the others get its record", async () => {
  const { unlocks } = db.stores;
  const all = Array.from({ length: 50 }, () => sampleUnlock({ idempotencyKey: "one click" }));
  const verdicts = await Promise.all(all.map((unlock) => unlocks.begin(unlock, sampleEntry(), 0)));
  const winner = all[verdicts.findIndex(({ verdict }) => verdict === "begun")];
  expect(verdicts.filter((result) => result.verdict === "repeated" && result.unlock.id === winner?.id)).toHaveLength(
    49,
  );
  const found = await unlocks.findByIdempotencyKey(alice, "one click");
  expect(found).toEqual(winner);
  expect(await unlocks.findByIdempotencyKey({ ...alice, name: "bob" }, "one click")).toBeNull();
});

test("two people may use the same idempotency key", async () => {
  const { unlocks } = db.stores;
  const bob = { ...alice, name: "bob" };
  const mine = sampleUnlock({ idempotencyKey: "k" });
  const theirs = sampleUnlock({ idempotencyKey: "k", actor: bob });
  expect(await unlocks.begin(mine, sampleEntry(), 0)).toEqual({ verdict: "begun" });
  expect(await unlocks.begin(theirs, sampleEntry(), 0)).toEqual({ verdict: "begun" });
});

test("a record reads back as it was written, whatever its text and bytes are", async () => {
  const { unlocks } = db.stores;
  const raw = Uint8Array.from({ length: 65_536 }, (_, index) => index % 256);
  const key = `${"\u0001".repeat(500)}${HOSTILE}`.padEnd(1_024, "\u0000");
  const half = sampleUnlockHalf({
    sourceId: HOSTILE,
    location: key,
    bucket: HOSTILE,
    stateKey: key,
    accountName: HOSTILE,
    lockId: HOSTILE,
    etag: HOSTILE,
    versionId: HOSTILE,
    detail: HOSTILE,
    awsRequestIds: [HOSTILE],
    raw,
  });
  const item = sampleUnlockHalf({ mechanism: "dynamodb", location: "b/k", etag: null, fingerprint: null, raw: null });
  const unlock = sampleUnlock({
    actor: { kind: "person", name: HOSTILE, authenticatedBy: "local" },
    idempotencyKey: HOSTILE,
    lockKey: `${HOSTILE}${"x".repeat(5_000)}`,
    lockId: HOSTILE.repeat(2_000),
    fingerprint: HOSTILE,
    account: HOSTILE,
    accountId: HOSTILE,
    bucket: HOSTILE,
    stateKey: key,
    who: HOSTILE,
    operation: HOSTILE,
    reason: HOSTILE,
    halves: [item, half],
  });
  expect(await unlocks.begin(unlock, sampleEntry({ details: { HOSTILE } }), 0)).toEqual({ verdict: "begun" });
  expect(await unlocks.find(unlock.id)).toEqual(unlock);
  const holderNow = { lockId: HOSTILE, who: HOSTILE, operation: null, createdAt: HOSTILE };
  const halves = [item, half].map((part) => ({ ...part, outcome: "changed" as const, detail: `${HOSTILE}!` }));
  const end = { outcome: "changed", outcomeAtMs: 9, holderNow, halves } as const;
  expect(await unlocks.settle({ id: unlock.id, ...end, entry: sampleEntry() })).toBe(true);
  expect(await unlocks.find(unlock.id)).toEqual({ ...unlock, ...end });
});

test("the outcome is written once, with one event, also when two settle at the same time", async () => {
  const { unlocks } = db.stores;
  const unlock = sampleUnlock();
  await unlocks.begin(unlock, sampleEntry(), 0);
  const before = await countEvents();
  const entry = sampleEntry({ action: "unlock.outcome" });
  const settle = () => unlocks.settle({ id: unlock.id, ...settled, halves: [released], entry });
  const results = await Promise.all(Array.from({ length: 20 }, settle));
  expect(results.filter((isFirst) => isFirst)).toHaveLength(1);
  expect(await countEvents()).toBe(before + 1);
  expect(await unlocks.find(unlock.id)).toMatchObject({ ...settled, halves: [released] });
});

test("once an unlock has its outcome the same lock can be unlocked again", async () => {
  const { unlocks } = db.stores;
  const first = sampleUnlock();
  const second = sampleUnlock({ lockKey: first.lockKey });
  await unlocks.begin(first, sampleEntry(), 0);
  expect(await unlocks.begin(second, sampleEntry(), 0)).toMatchObject({
    verdict: "in_progress",
    unlock: { id: first.id },
  });
  await unlocks.settle({ id: first.id, ...settled, halves: [released], entry: sampleEntry() });
  expect(await unlocks.begin(second, sampleEntry(), 1)).toEqual({ verdict: "begun" });
});

test("an unlock that ended before any intent is recorded once and leaves the lock free", async () => {
  const { unlocks } = db.stores;
  const unlock = sampleUnlock({
    intentAtMs: null,
    deadlineAtMs: null,
    outcome: "changed",
    outcomeAtMs: 1_001,
    halves: [],
  });
  expect(await unlocks.recordEnded(unlock, sampleEntry({ action: "unlock.refused" }))).toEqual({ verdict: "begun" });
  const again = { ...unlock, id: "another" };
  expect(await unlocks.recordEnded(again, sampleEntry())).toEqual({ verdict: "repeated", unlock });
  expect(await unlocks.begin(sampleUnlock({ lockKey: unlock.lockKey }), sampleEntry(), 0)).toEqual({
    verdict: "begun",
  });
});

test("what is known of one half is kept while the other is unknown, and never overwritten", async () => {
  const { unlocks } = db.stores;
  const row = sampleUnlockHalf({ mechanism: "dynamodb", sourceId: "t", location: "bucket/state", etag: null });
  const object = sampleUnlockHalf();
  const unlock = sampleUnlock({ halves: [row, object] });
  await unlocks.begin(unlock, sampleEntry(), 0);
  const rowGone = { ...row, outcome: "released" as const, detail: "gone" };
  await unlocks.noteHalves({
    id: unlock.id,
    halves: [rowGone, object],
    entry: sampleEntry({ action: "unlock.unknown" }),
  });
  expect(await unlocks.find(unlock.id)).toEqual({ ...unlock, halves: [rowGone, object] });
  const other = { ...row, outcome: "gone_unattributed" as const };
  await unlocks.settle({ id: unlock.id, ...settled, halves: [other, released], entry: sampleEntry() });
  expect((await unlocks.find(unlock.id))?.halves).toEqual([rowGone, released]);
  const before = await countEvents();
  await unlocks.noteHalves({ id: unlock.id, halves: [object], entry: sampleEntry() });
  expect(await countEvents()).toBe(before);
});

test("every intent without an outcome is unsettled, whatever our clock says of its deadline", async () => {
  const { unlocks } = db.stores;
  const early = sampleUnlock({ deadlineAtMs: 10 });
  const late = sampleUnlock({ deadlineAtMs: Date.now() + 3_600_000 });
  const ended = sampleUnlock({ deadlineAtMs: 10 });
  const ours = [early, late, ended];
  for (const unlock of ours) await unlocks.begin(unlock, sampleEntry(), 0);
  await unlocks.settle({ id: ended.id, ...settled, halves: [released], entry: sampleEntry() });
  const ids = (await unlocks.listUnsettled()).map(({ id }) => id).filter((id) => ours.some((one) => one.id === id));
  expect(ids.toSorted()).toEqual([early.id, late.id].toSorted());
});

test("records are listed newest first, filtered, page after page", async () => {
  const { unlocks } = db.stores;
  const base = { account: "listed", actor: reconciler, lockKey: "listed" };
  const all = [1, 2, 3, 3, 4].map((at, index) => sampleUnlock({ ...base, id: `listed-${index}`, requestedAtMs: at }));
  for (const [index, unlock] of all.entries()) {
    await unlocks.begin(unlock, sampleEntry(), index);
    await unlocks.settle({ id: unlock.id, ...settled, halves: [released], entry: sampleEntry() });
  }
  const ids = async (filter: Omit<Parameters<typeof unlocks.list>[0], "limit">, limit = 100) =>
    (await unlocks.list({ ...filter, limit })).map(({ id }) => id);
  const newestFirst = ["listed-4", "listed-3", "listed-2", "listed-1", "listed-0"];
  expect(await ids({ account: "listed" })).toEqual(newestFirst);
  expect(await ids({ actor: "system:reconciler" })).toEqual(newestFirst);
  expect(await ids({ lockKey: "listed", outcome: "released" })).toEqual(newestFirst);
  expect(await ids({ lockKey: "listed", outcome: "unknown" })).toEqual([]);
  expect(await ids({ account: "listed" }, 2)).toEqual(newestFirst.slice(0, 2));
  expect(await ids({ account: "listed", before: "listed-3" }, 2)).toEqual(newestFirst.slice(2, 4));
});

test("after all of this the trail verifies", async () => {
  const lines = await db.stores.audit.readLines({ afterSeq: 0, limit: 10_000 });
  const verdict = await verifyTrail(
    lines.map(({ line }) => line),
    await db.stores.audit.listPublicKeys(),
  );
  expect(verdict).toMatchObject({ verdict: "verified", lastSeq: await countEvents() });
});

test("takes an intent back that rests on a read from before another unlock of the lock", async () => {
  const { unlocks } = db.stores;
  const first = sampleUnlock();
  const second = sampleUnlock({ lockKey: first.lockKey });
  const countedBefore = await unlocks.countIntents(first.lockKey);
  await unlocks.begin(first, sampleEntry(), countedBefore);
  await unlocks.settle({ id: first.id, ...settled, halves: [released], entry: sampleEntry() });

  expect(await unlocks.begin(second, sampleEntry(), countedBefore)).toEqual({ verdict: "overtaken" });

  expect(await unlocks.find(second.id)).toBeNull();
  expect(await unlocks.countIntents(first.lockKey)).toBe(1);
});
