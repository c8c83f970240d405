import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/domain/actor.ts";
import { APPROVAL_STATES, type Approval, type ApprovalState, isOpenState } from "#lib/domain/approval.ts";
import { APPROVAL_EVENTS, stepApproval } from "#lib/domain/approval-machine.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { alice, bob, HOSTILE, reconciler, sampleApproval, sampleEntry, sampleUnlock } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { verifyTrail } from "./testing/verify-trail.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const AT_MS = 2_000;

async function ask(over: Partial<Approval> = {}): Promise<Approval> {
  const approval = sampleApproval(over);
  expect(await db.stores.approvals.ask(approval, sampleEntry({ action: "approval.requested" }))).toEqual({
    verdict: "asked",
  });
  return approval;
}

function approve({ id }: Approval, atMs = AT_MS): Promise<boolean> {
  const entry = sampleEntry({ action: "approval.given" });
  return db.stores.approvals.approve({ id, by: bob, atMs, comment: "seen", entry });
}

function end({ id }: Approval, from: "pending" | "approved", to: "denied" | "withdrawn" | "expired" | "void") {
  const entry = sampleEntry({ action: "approval.denied" });
  return db.stores.approvals.end({ id, from, to, by: reconciler, atMs: AT_MS, note: "why", entry });
}

function unlockOf(approval: Approval, over: Partial<Unlock> = {}): Unlock {
  const { lockKey, lockId, fingerprint, reason, requester } = approval;
  return sampleUnlock({ actor: requester, lockKey, lockId, fingerprint, reason, intentAtMs: AT_MS, ...over });
}

/** Begins an unlock that uses an approval. */
function spend(approval: Approval, over: Partial<Unlock> = {}) {
  const unlock = unlockOf(approval, over);
  return db.stores.unlocks.begin(unlock, sampleEntry({ unlockId: unlock.id }), 0, { approvalId: approval.id });
}

async function countEvents(): Promise<number> {
  return await db.database.prisma.auditEvent.count();
}

test("a request reads back as it was written, whatever its text is", async () => {
  const evidence = [{ code: HOSTILE, verdict: "for", text: HOSTILE, at: null, source: HOSTILE }] as const;
  const approval = await ask({
    requester: { ...bob, name: HOSTILE, subject: HOSTILE },
    idempotencyKey: HOSTILE,
    lockKey: HOSTILE,
    lockId: HOSTILE.repeat(2_000),
    fingerprint: HOSTILE,
    account: HOSTILE,
    accountId: HOSTILE,
    bucket: HOSTILE,
    stateKey: HOSTILE,
    accounts: [HOSTILE, "other"],
    who: HOSTILE,
    operation: HOSTILE,
    reason: HOSTILE,
    because: HOSTILE,
    shown: { summary: HOSTILE, acquiredAt: null, createdAt: "2026-01-01T00:00:00Z", evidence },
  });
  const { approvals } = db.stores;
  expect(await approvals.find(approval.id)).toEqual(approval);
  expect(await approvals.findOpen(approval.requester, HOSTILE)).toEqual(approval);
  expect(await approvals.findByIdempotencyKey(approval.requester, HOSTILE)).toEqual(approval);
  expect(await approvals.findByIdempotencyKey(alice, HOSTILE)).toBeNull();

  await approvals.approve({ id: approval.id, by: bob, atMs: AT_MS, comment: HOSTILE, entry: sampleEntry() });
  const given = { state: "approved", approver: bob, approvedAtMs: AT_MS, comment: HOSTILE } as const;
  expect(await approvals.find(approval.id)).toEqual({ ...approval, ...given });
});

test("of 50 requests of one person for one lock exactly one is open, and the others learn which", async () => {
  const before = await countEvents();
  const all = Array.from({ length: 50 }, () => sampleApproval({ lockKey: "the same lock" }));
  const verdicts = await Promise.all(all.map((one) => db.stores.approvals.ask(one, sampleEntry())));

  const winner = all[verdicts.findIndex(({ verdict }) => verdict === "asked")];
  expect(verdicts.filter(({ verdict }) => verdict === "asked")).toHaveLength(1);
  expect(verdicts.filter((each) => each.verdict === "open" && each.approval.id === winner?.id)).toHaveLength(49);
  expect(await countEvents()).toBe(before + 1);
});

test("another person may ask for the same lock, and the same one again once a request has ended", async () => {
  const first = await ask();
  await ask({ lockKey: first.lockKey, requester: bob });
  const again = sampleApproval({ lockKey: first.lockKey });
  expect(await db.stores.approvals.ask(again, sampleEntry())).toMatchObject({ verdict: "open" });
  await end(first, "pending", "denied");
  expect(await db.stores.approvals.ask(again, sampleEntry())).toEqual({ verdict: "asked" });
});

test("who it is counts, and not what they are called", async () => {
  const { lockKey } = await ask({ requester: bob });
  const renamed: Actor = { ...bob, name: "robert", authenticatedBy: "token", tokenId: "t" };

  expect(await db.stores.approvals.findOpen(renamed, lockKey)).not.toBeNull();
  expect(await db.stores.approvals.findOpen({ ...bob, subject: "00u3" }, lockKey)).toBeNull();
});

test("the same idempotency key is the same request", async () => {
  const first = await ask();
  await end(first, "pending", "withdrawn");
  const repeated = await db.stores.approvals.ask(
    sampleApproval({ idempotencyKey: first.idempotencyKey }),
    sampleEntry(),
  );
  expect(repeated).toMatchObject({ verdict: "repeated", approval: { id: first.id, state: "withdrawn" } });
});

test("an approval is used with its intent, in one transaction", async () => {
  const approval = await ask();
  await approve(approval);
  const unlock = unlockOf(approval);
  const begun = await db.stores.unlocks.begin(unlock, sampleEntry(), 0, { approvalId: approval.id });

  expect(begun).toEqual({ verdict: "begun" });
  expect(await db.stores.approvals.findByUnlock(unlock.id)).toMatchObject({
    id: approval.id,
    state: "used",
    endedBy: alice,
    endedAtMs: AT_MS,
  });
});

test("of 50 unlocks that use one approval at once exactly one begins", async () => {
  const approval = await ask();
  await approve(approval);
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => spend(approval)));

  expect(verdicts.filter(({ verdict }) => verdict === "begun")).toHaveLength(1);
  expect(await db.database.prisma.unlock.count({ where: { approval: { id: approval.id } } })).toBe(1);
});

test("of 50 who come again as soon as the lock is free of the one before exactly one uses the approval", async () => {
  const approval = await ask();
  await approve(approval);
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => spendWhenFree(approval)));

  expect(verdicts.filter((verdict) => verdict === "begun")).toHaveLength(1);
  expect(verdicts.filter((verdict) => verdict === "terms_failed")).toHaveLength(49);
});

/** Waits for other unlocks of the lock, and ends its own at once: only the approval can keep them apart. */
async function spendWhenFree(approval: Approval): Promise<string> {
  const { unlocks } = db.stores;
  for (;;) {
    const unlock = unlockOf(approval);
    const before = await unlocks.countIntents(unlock.lockKey);
    const begun = await unlocks.begin(unlock, sampleEntry(), before, { approvalId: approval.id });
    if (begun.verdict === "in_progress" || begun.verdict === "overtaken") continue;
    if (begun.verdict === "begun") {
      const ended = { outcome: "not_executed", outcomeAtMs: 3_000, holderNow: null } as const;
      await unlocks.settle({ id: unlock.id, ...ended, halves: unlock.halves, entry: sampleEntry() });
    }
    return begun.verdict;
  }
}

test.each([
  ["another lock", { lockKey: "another" }],
  ["another lock ID", { lockId: "another" }],
  ["no lock ID", { lockId: null }],
  ["other bytes", { fingerprint: "another" }],
  ["another reason", { reason: "another reason altogether" }],
  ["another person", { actor: bob }],
  ["a time at which it has expired", { intentAtMs: 10_000 }],
] satisfies [string, Partial<Unlock>][])(
  "an approval is not used for %s, and then nothing is recorded",
  async (_what, over) => {
    const approval = await ask();
    await approve(approval);
    const before = await countEvents();
    const idempotencyKey = randomUUID();

    const begun = await spend(approval, { ...over, idempotencyKey });

    expect(begun).toEqual({ verdict: "terms_failed", because: "approval" });
    expect(await db.stores.approvals.find(approval.id)).toMatchObject({ state: "approved", unlockId: null });
    expect(
      await db.stores.unlocks.findByIdempotencyKey("actor" in over ? over.actor : alice, idempotencyKey),
    ).toBeNull();
    expect(await countEvents()).toBe(before);
  },
);

test("an approval that its event cannot be recorded with is not used", async () => {
  const approval = await ask();
  await approve(approval);
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const unlock = unlockOf(approval);

  const begun = db.stores.unlocks.begin(unlock, sampleEntry({ details: cyclic }), 0, { approvalId: approval.id });

  await expect(begun).rejects.toThrow();
  expect(await db.stores.approvals.find(approval.id)).toMatchObject({ state: "approved" });
});

test("a request is not approved once it has expired", async () => {
  const approval = await ask();
  expect(await approve(approval, 10_000)).toBe(false);
  expect(await approve(approval, 9_999)).toBe(true);
});

test("of 20 who decide at once exactly one does, with one event", async () => {
  const approval = await ask();
  const before = await countEvents();
  const decided = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? approve(approval) : end(approval, "pending", "denied"),
    ),
  );
  expect(decided.filter((isFirst) => isFirst)).toHaveLength(1);
  expect(await countEvents()).toBe(before + 1);
});

test.each(APPROVAL_STATES)("the database lets what is %s go only where the machine lets it", async (state) => {
  for (const event of APPROVAL_EVENTS) {
    const { id } = await reach(state);
    const step = stepApproval(state, event);
    // Using is of the unlock store's transaction alone.
    if (event === "use") continue;
    const to = { approve: "approved", deny: "denied", withdraw: "withdrawn", expire: "expired", void: "void" }[event];
    const fields =
      to === "approved"
        ? "approver_json = requester_json, approved_at_ms = 1"
        : "ended_by_json = requester_json, ended_at_ms = 1";
    const moved = db.database.prisma.$executeRawUnsafe(
      `UPDATE approval SET state = '${to}', ${fields} WHERE id = '${id}'`,
    );
    if (step.verdict === "next") await expect(moved, event).resolves.toBe(1);
    else await expect(moved, event).rejects.toThrow(/lockkeeper/);
  }
});

async function reach(state: ApprovalState): Promise<Approval> {
  const approval = await ask();
  if (state === "approved" || state === "used") await approve(approval);
  if (state === "used") expect(await spend(approval)).toEqual({ verdict: "begun" });
  else if (!isOpenState(state)) await end(approval, "pending", state);
  expect(await db.stores.approvals.find(approval.id)).toMatchObject({ state });
  return approval;
}

test("the database refuses what would make an approval say something else", async () => {
  const pending = await ask();
  const approved = await ask();
  await approve(approved);
  const used = await ask();
  await approve(used);
  const unlock = unlockOf(used);
  await db.stores.unlocks.begin(unlock, sampleEntry(), 0, { approvalId: used.id });
  const refused = [
    `UPDATE approval SET fingerprint_json = '"g"' WHERE id = '${pending.id}'`,
    `UPDATE approval SET state = 'approved', approver_json = '{}', approved_at_ms = 1, expires_at_ms = 9e9 WHERE id = '${pending.id}'`,
    `UPDATE approval SET state = 'pending', approver_json = NULL, approved_at_ms = NULL WHERE id = '${approved.id}'`,
    `UPDATE approval SET comment_json = '"x"' WHERE id = '${approved.id}'`,
    // Only with the intent of its own lock, and never with one that was there before.
    `UPDATE approval SET state = 'used', ended_by_json = '{}', ended_at_ms = 1, unlock_id = '${unlock.id}' WHERE id = '${approved.id}'`,
    `DELETE FROM approval WHERE id = '${pending.id}'`,
    "TRUNCATE approval",
    `INSERT INTO approval SELECT 'copy', requester_json, requester_hash, idempotency_key_json, 'h', lock_key_json, 'k', lock_id_json,
      fingerprint_json, account_json, account_id_json, bucket_json, state_key_json, accounts_json, who_json, operation_json,
      reason_json, because_json, shown_json, requested_at_ms, expires_at_ms, state, approver_json, approved_at_ms, comment_json,
      ended_by_json, ended_at_ms, end_note_json, unlock_id FROM approval WHERE id = '${approved.id}'`,
  ];
  for (const sql of refused) await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow(/lockkeeper/);
});

test("lists are newest first, a page at a time, by state, person and account", async () => {
  const requester: Actor = { ...bob, subject: "lister" };
  const made: Approval[] = [];
  for (const requestedAtMs of [3_000, 1_000, 2_000, 2_000])
    made.push(await ask({ requester, requestedAtMs, account: "listed" }));
  const [newest, oldest] = made;
  if (newest === undefined || oldest === undefined) throw new Error("nothing was made");
  await end(oldest, "pending", "expired");
  const { approvals } = db.stores;

  const first = await approvals.list({ requester, limit: 2 });
  const rest = await approvals.list({ requester, limit: 10, before: first.at(-1)?.id });
  expect([...first, ...rest].map(({ requestedAtMs }) => requestedAtMs)).toEqual([3_000, 2_000, 2_000, 1_000]);
  expect(new Set([...first, ...rest].map(({ id }) => id)).size).toBe(4);
  const expired = await approvals.list({ requester, states: ["expired"], limit: 10 });
  expect(expired.map(({ id }) => id)).toEqual([oldest.id]);
  expect(await approvals.list({ account: "listed", limit: 10 })).toHaveLength(4);
  const open = (await approvals.listOpen()).map(({ id }) => id);
  expect(open).toContain(newest.id);
  expect(open).not.toContain(oldest.id);
});

test("the trail is whole after all of this", async () => {
  const lines = (await db.stores.audit.readLines({ afterSeq: 0, limit: 10_000 })).map(({ line }) => line);
  expect(await verifyTrail(lines, await db.stores.audit.listPublicKeys())).toMatchObject({ verdict: "verified" });
});
