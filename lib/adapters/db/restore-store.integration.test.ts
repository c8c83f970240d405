import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Restore, RestoreHalf } from "#lib/domain/restore.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { alice, HOSTILE, sampleEntry, sampleUnlock, sampleUnlockHalf } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { verifyTrail } from "./testing/verify-trail.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const UNLOCK_DEADLINE = 2_000;
const released = sampleUnlockHalf({ outcome: "released" });
const intent = sampleEntry({ action: "restore.intent" });
const outcomeEntry = sampleEntry({ action: "restore.outcome" });

/** An unlock that released, with its deadline past at the time of every sample restore. */
async function anUnlock(over: Partial<Unlock> = {}): Promise<Unlock> {
  const unlock = sampleUnlock({ deadlineAtMs: UNLOCK_DEADLINE, ...over });
  await db.stores.unlocks.begin(unlock, sampleEntry(), 0);
  const { id } = unlock;
  const settled = { outcome: "released", outcomeAtMs: 1_500, holderNow: null } as const;
  await db.stores.unlocks.settle({ id, halves: [released], entry: sampleEntry(), ...settled });
  return unlock;
}

function sampleRestoreHalf(over: Partial<RestoreHalf> = {}): RestoreHalf {
  const { sourceId, mechanism, location } = released;
  return { sourceId, mechanism, location, outcome: "unknown", detail: "no answer", awsRequestIds: [], ...over };
}

function sampleRestore(unlock: Unlock, over: Partial<Restore> = {}): Restore {
  return {
    id: randomUUID(),
    unlockId: unlock.id,
    lockKey: unlock.lockKey,
    actor: alice,
    idempotencyKey: randomUUID(),
    reason: "it was the wrong lock",
    requestedAtMs: 2_500,
    intentAtMs: 2_501,
    deadlineAtMs: 3_000,
    outcome: "unknown",
    outcomeAtMs: null,
    halves: [sampleRestoreHalf()],
    ...over,
  };
}

/** A later attempt that ended before any intent: it can be stored beside anything. */
function sampleEnded(unlock: Unlock, over: Partial<Restore> = {}): Restore {
  const never = { intentAtMs: null, deadlineAtMs: null, outcomeAtMs: 2_600, requestedAtMs: 2_600 };
  return sampleRestore(unlock, {
    outcome: "changed",
    halves: [sampleRestoreHalf({ outcome: "changed" })],
    ...never,
    ...over,
  });
}

const settle = (restore: Restore, outcome: "restored" | "partial" | "changed" | "refused" | "not_executed") =>
  db.stores.restores.settle({
    id: restore.id,
    outcome,
    outcomeAtMs: 2_700,
    halves: restore.halves.map((half) => ({ ...half, outcome: outcome === "partial" ? "refused" : outcome })),
    entry: outcomeEntry,
  });

test("of 20 who undo one unlock at once exactly one begins, and the others learn which", async () => {
  const unlock = await anUnlock();
  const all = Array.from({ length: 20 }, () => sampleRestore(unlock));
  const before = await db.database.prisma.auditEvent.count();

  const verdicts = await Promise.all(all.map((restore) => db.stores.restores.begin(restore, intent)));

  const winner = all[verdicts.findIndex(({ verdict }) => verdict === "begun")];
  expect(verdicts.filter(({ verdict }) => verdict === "begun")).toHaveLength(1);
  expect(verdicts.filter((other) => other.verdict === "taken" && other.restore.id === winner?.id)).toHaveLength(19);
  expect(await db.database.prisma.auditEvent.count()).toBe(before + 1);
});

test.each(["restored", "partial"] as const)("nothing begins after a restore that ended %s", async (outcome) => {
  const unlock = await anUnlock();
  const first = sampleRestore(unlock);
  await db.stores.restores.begin(first, intent);
  await settle(first, outcome);

  const again = sampleRestore(unlock, { intentAtMs: 5_000, deadlineAtMs: 6_000 });

  expect(await db.stores.restores.begin(again, intent)).toMatchObject({ verdict: "taken", restore: { id: first.id } });
});

test.each(["changed", "refused", "not_executed"] as const)(
  "after a restore that ended %s another may begin once its deadline is past",
  async (outcome) => {
    const unlock = await anUnlock();
    const first = sampleRestore(unlock, { deadlineAtMs: 3_000 });
    await db.stores.restores.begin(first, intent);
    await settle(first, outcome);
    const { begin } = db.stores.restores;

    const early = await begin(sampleRestore(unlock, { intentAtMs: 2_999 }), intent);
    const later = await begin(sampleRestore(unlock, { intentAtMs: 3_000, deadlineAtMs: 4_000 }), intent);

    expect(early).toEqual({ verdict: "in_progress", other: { kind: "restore", id: first.id } });
    expect(later).toEqual({ verdict: "begun" });
  },
);

test("nothing begins before the deadline of its unlock, and nothing of the attempt is left", async () => {
  const unlock = await anUnlock();
  const early = sampleRestore(unlock, { intentAtMs: UNLOCK_DEADLINE - 1 });
  const before = await db.database.prisma.auditEvent.count();

  const verdict = await db.stores.restores.begin(early, intent);

  expect(verdict).toEqual({ verdict: "in_progress", other: { kind: "unlock", id: unlock.id } });
  expect(await db.stores.restores.find(early.id)).toBeNull();
  expect(await db.database.prisma.auditEvent.count()).toBe(before);
});

test("nothing begins while another unlock of the same lock has no outcome", async () => {
  const unlock = await anUnlock();
  const other = sampleUnlock({ lockKey: unlock.lockKey, deadlineAtMs: 2_001 });
  await db.stores.unlocks.begin(other, sampleEntry(), 1);

  const verdict = await db.stores.restores.begin(sampleRestore(unlock), intent);

  expect(verdict).toEqual({ verdict: "in_progress", other: { kind: "unlock", id: other.id } });
});

test("no unlock begins while a restore of its lock has no outcome, and one does after it", async () => {
  const unlock = await anUnlock();
  const restore = sampleRestore(unlock);
  await db.stores.restores.begin(restore, intent);
  const next = sampleUnlock({ lockKey: unlock.lockKey });

  expect(await db.stores.unlocks.begin(next, sampleEntry(), 1)).toEqual({ verdict: "overtaken" });
  await settle(restore, "restored");
  expect(await db.stores.unlocks.begin(next, sampleEntry(), 1)).toEqual({ verdict: "begun" });
});

test("of an unlock and a restore of one lock that begin at once only one does, in each of 20 rounds", async () => {
  for (let round = 0; round < 20; round += 1) {
    const unlock = await anUnlock();
    const next = sampleUnlock({ lockKey: unlock.lockKey, deadlineAtMs: 9_000 });

    const [restored, unlocked] = await Promise.all([
      db.stores.restores.begin(sampleRestore(unlock), intent),
      db.stores.unlocks.begin(next, sampleEntry(), 1),
    ]);

    expect(
      [restored.verdict, unlocked.verdict].filter((verdict) => verdict === "begun"),
      `round ${round}`,
    ).toHaveLength(1);
  }
});

test("of 20 requests with one idempotency key exactly one begins, and the others get its record", async () => {
  const unlock = await anUnlock();
  const all = Array.from({ length: 20 }, () => sampleRestore(unlock, { idempotencyKey: "one undo" }));

  const verdicts = await Promise.all(all.map((restore) => db.stores.restores.begin(restore, intent)));

  const winner = all[verdicts.findIndex(({ verdict }) => verdict === "begun")];
  expect(verdicts.filter((other) => other.verdict === "repeated" && other.restore.id === winner?.id)).toHaveLength(19);
  expect(await db.stores.restores.findByIdempotencyKey(alice, "one undo")).toEqual(winner);
  expect(await db.stores.restores.findByIdempotencyKey({ ...alice, name: "bob" }, "one undo")).toBeNull();
});

test("a record reads back as it was written, whatever its text is", async () => {
  const unlock = await anUnlock({ lockKey: `${HOSTILE}${randomUUID()}` });
  const item = sampleRestoreHalf({
    mechanism: "dynamodb",
    sourceId: HOSTILE,
    location: HOSTILE,
    awsRequestIds: [HOSTILE],
  });
  const actor = { ...alice, name: HOSTILE };
  const restore = sampleRestore(unlock, {
    actor,
    idempotencyKey: HOSTILE,
    reason: HOSTILE,
    halves: [sampleRestoreHalf(), item],
  });

  await db.stores.restores.begin(restore, intent);

  expect(await db.stores.restores.find(restore.id)).toEqual(restore);
  expect(await db.stores.restores.find("another")).toBeNull();
});

test("attempts are listed oldest first, those that ended before any intent too", async () => {
  const unlock = await anUnlock();
  const ended = sampleEnded(unlock);
  const begun = sampleRestore(unlock);
  await db.stores.restores.recordEnded(ended, sampleEntry({ action: "restore.refused" }));
  await db.stores.restores.begin(begun, intent);

  expect(await db.stores.restores.listOfUnlock(unlock.id)).toEqual([begun, ended]);
  expect(await db.stores.restores.listUnsettled(unlock.lockKey)).toEqual([begun]);
  expect((await db.stores.restores.listUnsettled()).map(({ id }) => id)).toContain(begun.id);
  await settle(begun, "restored");
  expect(await db.stores.restores.listUnsettled(unlock.lockKey)).toEqual([]);
});

test("an outcome is written once, by the first of two who settle it, with one event", async () => {
  const unlock = await anUnlock();
  const restore = sampleRestore(unlock);
  await db.stores.restores.begin(restore, intent);
  const before = await db.database.prisma.auditEvent.count();

  const settled = await Promise.all([settle(restore, "restored"), settle(restore, "changed")]);

  expect(settled.toSorted()).toEqual([false, true]);
  const outcome = settled[0] === true ? "restored" : "changed";
  expect(await db.stores.restores.find(restore.id)).toMatchObject({
    outcome,
    outcomeAtMs: 2_700,
    halves: [{ outcome }],
  });
  expect(await db.database.prisma.auditEvent.count()).toBe(before + 1);
});

test("what is known of a half while the outcome stays open is kept, and never changes again", async () => {
  const unlock = await anUnlock();
  const item = sampleRestoreHalf({ mechanism: "dynamodb", location: "item" });
  const restore = sampleRestore(unlock, { halves: [sampleRestoreHalf(), item] });
  await db.stores.restores.begin(restore, intent);
  const known = sampleRestoreHalf({ outcome: "restored", detail: "there", awsRequestIds: ["R1"] });

  const entry = sampleEntry({ action: "restore.unknown" });
  await db.stores.restores.noteHalves({ id: restore.id, halves: [known, { ...item, detail: "lost" }], entry });
  await settle(restore, "partial");

  const stored = await db.stores.restores.find(restore.id);
  expect(stored?.halves).toEqual([known, { ...item, outcome: "refused" }]);
});

test("no record of a restore can be deleted, truncated or changed, and no half added later", async () => {
  const unlock = await anUnlock();
  const open = sampleRestore(unlock);
  await db.stores.restores.begin(open, intent);
  const id = `'${open.id}'`;
  for (const table of ["restore", "restore_half"]) {
    await expect(asReplica(`DELETE FROM ${table}`)).rejects.toThrow("is refused on");
    await expect(asReplica(`TRUNCATE ${table} CASCADE`)).rejects.toThrow("is refused on");
  }
  for (const sql of [
    `UPDATE restore SET reason_json = '"other"' WHERE id = ${id}`,
    `UPDATE restore SET intent_at_ms = 0 WHERE id = ${id}`,
    `UPDATE restore_half SET location_json = '"other"' WHERE restore_id = ${id}`,
  ]) {
    await expect(asReplica(sql), sql).rejects.toThrow("only the outcome");
  }
  const added = `INSERT INTO restore_half SELECT restore_id, 7, source_json, mechanism, location_json, outcome, detail_json,
    aws_request_ids_json FROM restore_half WHERE restore_id = ${id}`;
  await expect(asReplica(added)).rejects.toThrow("recorded with their restore");

  await settle(open, "restored");
  for (const sql of [
    `UPDATE restore SET outcome = 'changed' WHERE id = ${id}`,
    `UPDATE restore SET outcome = 'unknown', outcome_at_ms = NULL WHERE id = ${id}`,
    `UPDATE restore_half SET outcome = 'changed' WHERE restore_id = ${id}`,
    `UPDATE restore_half SET detail_json = '"x"' WHERE restore_id = ${id}`,
  ]) {
    await expect(asReplica(sql), sql).rejects.toThrow("already has its outcome");
  }
});

test("the trail that tells of all this verifies", async () => {
  const lines = (await db.stores.audit.readLines({ afterSeq: 0, limit: 10_000 })).map(({ line }) => line);

  expect(await verifyTrail(lines, await db.stores.audit.listPublicKeys())).toMatchObject({ verdict: "verified" });
});

/** Runs as the owner of the tables, with ordinary triggers switched off: the most that a session can do by itself. */
function asReplica(sql: string): Promise<unknown> {
  return db.database.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe("SET LOCAL session_replication_role = replica");
    await tx.$executeRawUnsafe(sql);
  });
}
