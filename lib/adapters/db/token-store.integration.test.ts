import { afterAll, beforeAll, expect, test } from "vitest";
import { tokenExpiry } from "#lib/domain/access/token.ts";
import { sampleEntry, sampleToken } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

const ENTRY = sampleEntry({ action: "token.made" });

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

async function sizeOfTrail(): Promise<number> {
  return (await db.stores.audit.readHead()).seq;
}

test("a token is read back as it was stored, with any text in it, and each owner has their own", async () => {
  const { tokens } = db.stores;
  const token = sampleToken({ id: "t1" });
  const owner = { ...token.owner, subject: "sam" };
  const other = sampleToken({ id: "t2", owner, madeAtMs: 1_001 });
  const before = await sizeOfTrail();
  await tokens.record(token, ENTRY);
  await tokens.record(other, ENTRY);

  expect(await tokens.find("t1")).toEqual(token);
  expect(await tokens.find("t3")).toBeNull();
  const { secretHash: _, ...listed } = token;
  expect(await tokens.list(token.owner)).toEqual([listed]);
  expect((await tokens.list(null)).map(({ id }) => id)).toEqual(["t2", "t1"]);
  expect(await sizeOfTrail()).toBe(before + 2);
});

test("a token is revoked once, with one event, and is neither used nor listed again", async () => {
  const { tokens } = db.stores;
  await tokens.record(sampleToken({ id: "ended" }), ENTRY);
  await tokens.noteUse({ id: "ended", atMs: 3_000 });
  const before = await sizeOfTrail();
  const revocation = { id: "ended", atMs: 4_000, entry: { ...ENTRY, action: "token.revoked" } } as const;
  const revoked = await Promise.all([1, 2, 3, 4].map(() => tokens.revoke(revocation)));

  expect(revoked.filter(Boolean)).toHaveLength(1);
  expect(await sizeOfTrail()).toBe(before + 1);
  await tokens.noteUse({ id: "ended", atMs: 5_000 });
  expect(await tokens.find("ended")).toMatchObject({ lastUsedAtMs: 3_000, revokedAtMs: 4_000 });
  expect((await tokens.list(null)).map(({ id }) => id)).not.toContain("ended");
});

test("a token whose event cannot be written is not made", async () => {
  const details: Record<string, unknown> = {};
  details["itself"] = details;
  const broken = { ...ENTRY, details };
  await expect(db.stores.tokens.record(sampleToken({ id: "unrecorded" }), broken)).rejects.toThrow();
  expect(await db.stores.tokens.find("unrecorded")).toBeNull();
});

test("the database itself keeps a token from living longer, becoming another's, or coming back", async () => {
  const run = (sql: string) => db.database.prisma.$executeRawUnsafe(sql);
  await db.stores.tokens.record(sampleToken({ id: "guarded" }), ENTRY);
  await db.stores.tokens.record(sampleToken({ id: "over" }), ENTRY);
  await run("UPDATE api_token SET revoked_at_ms = 5 WHERE id = 'over'");

  const late = sampleToken({ id: "late", expiresAtMs: tokenExpiry(1_000, 90) + 1 });
  await expect(db.stores.tokens.record(late, ENTRY)).rejects.toMatchObject({ code: "unavailable" });
  for (const [sql, refusal] of [
    ["UPDATE api_token SET expires_at_ms = expires_at_ms - 1 WHERE id = 'guarded'", "only the last use"],
    ["UPDATE api_token SET limit_json = '{}' WHERE id = 'guarded'", "only the last use"],
    ["UPDATE api_token SET owner_json = '{}' WHERE id = 'guarded'", "only the last use"],
    [`UPDATE api_token SET secret_hash = '${"b".repeat(64)}' WHERE id = 'guarded'`, "only the last use"],
    ["UPDATE api_token SET revoked_at_ms = NULL WHERE id = 'over'", "is revoked"],
    ["DELETE FROM api_token WHERE id = 'guarded'", "is refused on"],
    ["TRUNCATE api_token", "is refused on"],
  ] as const) {
    await expect(run(sql), sql).rejects.toThrow(refusal);
  }
});

test("a token whose row cannot be read lets nobody in", async () => {
  await db.stores.tokens.record(sampleToken({ id: "torn" }), ENTRY);
  await db.database.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe("ALTER TABLE api_token DISABLE TRIGGER ALL");
    await tx.$executeRawUnsafe("UPDATE api_token SET limit_json = '{\"roles\":[\"admin\"]}' WHERE id = 'torn'");
    await tx.$executeRawUnsafe("ALTER TABLE api_token ENABLE ALWAYS TRIGGER api_token_no_change");
  });
  await expect(db.stores.tokens.find("torn")).rejects.toMatchObject({ code: "unavailable" });
});
