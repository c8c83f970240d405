import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import { hostileBodies } from "#lib/domain/testing/hostile-corpus.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { makeReadOnly } from "#lib/services/testing/database-faults.ts";
import { BUCKET, HOLDER_A, holdS3, LOCK_KEY, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";

let world: World;
const repairs: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterEach(async () => {
  for (const repair of repairs.splice(0)) await repair();
});
afterAll(() => world.close());

async function shownLock(): Promise<Lock> {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  return world.onlyLock();
}

function runSql(sql: string): Promise<unknown> {
  return world.database.database.prisma.$executeRawUnsafe(sql);
}

/** Makes every insert into a table fail with this error of the database's. */
async function failInserts(table: string, code: string, message: string): Promise<void> {
  await runSql(`CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '${message}' USING ERRCODE = '${code}'; END $$`);
  await runSql(`CREATE TRIGGER fault BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fault()`);
  repairs.push(() => runSql("DROP FUNCTION fault() CASCADE"));
}

async function expectNothingDone(
  attempt: (idempotencyKey: string) => Promise<unknown>,
  cause: string,
  idempotencyKey: string,
): Promise<void> {
  const before = await world.ctx.audit.readHead();
  await expect(attempt(idempotencyKey)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining(cause),
  });
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
  expect(await world.ctx.unlocks.findByIdempotencyKey(world.ctx.actor, idempotencyKey)).toBeNull();
  expect(await world.ctx.audit.readHead()).toEqual(before);
}

test.each([
  ["the record, because the disk is full", "unlock", "53100", "could not extend file: No space left on device"],
  ["its halves, because the disk is full", "unlock_half", "53100", "could not extend file: No space left on device"],
  ["the event, because the disk is full", "audit_event", "53100", "could not extend file: No space left on device"],
  ["the event, because its number is taken", "audit_event", "23505", "duplicate key value violates unique constraint"],
  ["the record, because of a NUL", "unlock", "22021", "invalid byte sequence for encoding: 0x00"],
])(
  "F2: when the database refuses %s, nothing is written to AWS, and the cause is named",
  async (_name, table, ...fault) => {
    const lock = await shownLock();
    const [code, message] = fault;
    await failInserts(table, code, message);

    const attempt = (idempotencyKey: string) => world.unlock(lock, { idempotencyKey });
    await expectNothingDone(attempt, message, `${code}-${table}`);

    for (const repair of repairs.splice(0)) await repair();
    expect(await attempt(`${code}-${table}`)).toMatchObject({ outcome: "released" });
  },
);

test("F2: when the database has become read-only, nothing is written to AWS, and the cause is named", async () => {
  const lock = await shownLock();
  const repair = await makeReadOnly(world.database);

  const attempt = (idempotencyKey: string) => world.unlock(lock, { idempotencyKey });
  await expectNothingDone(attempt, "read-only", "read-only");

  await repair();
  expect(await attempt("read-only")).toMatchObject({ outcome: "released" });
});

test("F2: when the id of a record is taken, nothing is written to AWS", async () => {
  const lock = await shownLock();
  const { id } = await world.unlock(lock);
  const next = await shownLock();
  world.sandbox.clearJournal();
  const ctx = { ...world.ctx, newId: () => id };
  const { key, lockId, fingerprint } = next;

  const attempt = (idempotencyKey: string) =>
    forceUnlock(ctx, { key, lockId, fingerprint, reason: "the runner died long ago", idempotencyKey });

  await expectNothingDone(attempt, `The unlock ${id} could not be recorded`, "taken");
});

test("F2: no NUL in a lock's text, its reason or its operation keeps it from being recorded and released", async () => {
  const bodies = hostileBodies.filter(({ row }) => row === "H7" || row === "H8");
  for (const { name, bytes } of bodies) world.sandbox.putObject(BUCKET, `nul/${name}.tflock`, bytes);
  await world.scan();
  const locks = await listAllLocks(world.ctx);

  for (const lock of locks) {
    const reason = `the runner died \u0000 \ud800 ${lock.stateKey}`;
    const unlock = await world.unlock(lock, { reason, idempotencyKey: randomUUID() });
    expect([lock.stateKey, unlock.outcome]).toEqual([lock.stateKey, "released"]);
  }

  expect(locks).toHaveLength(bodies.length);
  expect(bodies.length).toBeGreaterThan(10);
});
