import { afterAll, beforeAll, expect, test } from "vitest";
import type { Actor } from "#lib/domain/actor.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { alice, bob, HOSTILE, sampleEntry, sampleUnlock } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const MINUTE_MS = 60_000;
const THREE_IN_TEN = [{ unlocks: 3, perMs: 10 * MINUTE_MS }];

function person(subject: string): Actor {
  return { ...bob, subject };
}

function begin(over: Partial<Unlock>, terms: Parameters<TestDatabase["stores"]["unlocks"]["begin"]>[3] = {}) {
  const unlock = sampleUnlock(over);
  return db.stores.unlocks.begin(unlock, sampleEntry({ unlockId: unlock.id }), 0, terms);
}

test("of a dozen unlocks of different locks at once a person gets as many as the rate allows", async () => {
  const actor = person("fast");
  const begun = await Promise.all(Array.from({ length: 12 }, () => begin({ actor }, { rates: THREE_IN_TEN })));

  expect(begun.filter(({ verdict }) => verdict === "begun")).toHaveLength(3);
  expect(begun.filter((each) => each.verdict === "terms_failed" && each.because === "rate")).toHaveLength(9);
});

test("a person's unlocks count by whatever name and token they were made, and nobody else's do", async () => {
  const actor = person("counted");
  const renamed: Actor = { ...bob, name: "robert", authenticatedBy: "token", tokenId: "t", subject: "counted" };
  await begin({ actor, intentAtMs: 5_000 });
  await begin({ actor: renamed, intentAtMs: 3_000 });
  await begin({ actor: person("another"), intentAtMs: 4_000 });
  await begin({ actor, intentAtMs: 1_000 });

  expect(await db.stores.unlocks.listIntentTimes(actor, 1_000)).toEqual([3_000, 5_000]);
  expect(await db.stores.unlocks.listIntentTimes(renamed, 0)).toEqual([1_000, 3_000, 5_000]);
});

test("what never came to an intent does not count", async () => {
  const actor = person("turned down");
  const ended = { outcome: "refused", outcomeAtMs: 1_500, intentAtMs: null, deadlineAtMs: null } as const;
  await db.stores.unlocks.recordEnded(sampleUnlock({ actor, ...ended, halves: [] }), sampleEntry());

  expect(await db.stores.unlocks.listIntentTimes(actor, 0)).toEqual([]);
});

function breakGlass() {
  const entry = sampleEntry({ action: "break_glass.used" });
  return { skipped: ["cool_down", "approval"] as const, entry };
}

test("broken glass is recorded with its intent, and stays open until it is reviewed once", async () => {
  const unlock = sampleUnlock({ actor: alice, reason: HOSTILE });
  const before = await db.database.prisma.auditEvent.count();
  await db.stores.unlocks.begin(unlock, sampleEntry(), 0, { breakGlass: breakGlass() });

  expect(await db.database.prisma.auditEvent.count()).toBe(before + 2);
  const found = await db.stores.breakGlass.find(unlock.id);
  expect(found).toEqual({
    unlockId: unlock.id,
    actor: alice,
    account: "payments",
    bucket: "bucket",
    stateKey: "state",
    accounts: ["payments"],
    reason: HOSTILE,
    skipped: ["cool_down", "approval"],
    usedAtMs: unlock.intentAtMs,
    review: null,
  });
  expect(await db.stores.breakGlass.listOpen()).toContainEqual(found);

  const review = () =>
    db.stores.breakGlass.review({ unlockId: unlock.id, by: bob, atMs: 9_000, comment: HOSTILE, entry: sampleEntry() });
  const reviewed = await Promise.all(Array.from({ length: 10 }, review));

  expect(reviewed.filter((isFirst) => isFirst)).toHaveLength(1);
  expect(await db.stores.breakGlass.find(unlock.id)).toMatchObject({
    review: { by: bob, atMs: 9_000, comment: HOSTILE },
  });
  expect((await db.stores.breakGlass.listOpen()).map(({ unlockId }) => unlockId)).not.toContain(unlock.id);
  expect(await db.database.prisma.auditEvent.count()).toBe(before + 3);
});

test("an intent that is not recorded breaks no glass", async () => {
  const open = sampleUnlock();
  await db.stores.unlocks.begin(open, sampleEntry(), 0);
  const second = sampleUnlock({ lockKey: open.lockKey });

  const begun = await db.stores.unlocks.begin(second, sampleEntry(), 0, { breakGlass: breakGlass() });

  expect(begun).toMatchObject({ verdict: "in_progress" });
  expect(await db.stores.breakGlass.find(second.id)).toBeNull();
});

test("the database refuses to change or remove broken glass, or to add it later", async () => {
  const broken = sampleUnlock();
  await db.stores.unlocks.begin(broken, sampleEntry(), 0, { breakGlass: breakGlass() });
  const plain = sampleUnlock();
  await db.stores.unlocks.begin(plain, sampleEntry(), 0);
  const reviewed = "reviewer_json = '{}', reviewed_at_ms = 1, comment_json = '\"x\"'";
  const refused = [
    `INSERT INTO break_glass (unlock_id, skipped_json, used_at_ms) VALUES ('${plain.id}', '[]', 1)`,
    `UPDATE break_glass SET skipped_json = '[]' WHERE unlock_id = '${broken.id}'`,
    `UPDATE break_glass SET used_at_ms = 0, ${reviewed} WHERE unlock_id = '${broken.id}'`,
    `DELETE FROM break_glass WHERE unlock_id = '${broken.id}'`,
    "TRUNCATE break_glass",
  ];
  for (const sql of refused) await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow(/lockkeeper/);
  await db.database.prisma.$executeRawUnsafe(`UPDATE break_glass SET ${reviewed} WHERE unlock_id = '${broken.id}'`);
  const again = db.database.prisma.$executeRawUnsafe(
    `UPDATE break_glass SET ${reviewed} WHERE unlock_id = '${broken.id}'`,
  );
  await expect(again).rejects.toThrow(/has been reviewed/);
});
