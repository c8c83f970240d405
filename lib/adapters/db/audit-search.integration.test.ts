import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditFilter } from "#lib/services/ports/trail.ts";
import { alice, HOSTILE, reconciler, sampleEntry } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  const { audit } = db.stores;
  const about = (statePath: string, outcome: string) => ({ account: "payments", statePath, outcome });
  await audit.append(sampleEntry({ atMs: 1_000, unlockId: "u1", details: about("acme/Network.tfstate", "unknown") }));
  await audit.append(
    sampleEntry({
      action: "unlock.settled",
      actor: reconciler,
      atMs: 2_000,
      unlockId: "u1",
      details: about("acme/Network.tfstate", "released"),
    }),
  );
  await audit.append(sampleEntry({ action: "config.changed", atMs: 3_000, details: {} }));
  await audit.append(
    sampleEntry({
      atMs: 4_000,
      unlockId: "u2",
      details: { ...about(`a_b%\\/${HOSTILE}`, "changed"), account: HOSTILE },
    }),
  );
  await audit.append(
    sampleEntry({ atMs: 5_000, actor: { ...alice, name: HOSTILE }, details: about("acme/aXb/x", "released") }),
  );
});
afterAll(() => db.close());

const find = async (filter: Partial<AuditFilter>) =>
  (await db.stores.audit.find({ limit: 100, ...filter })).map(({ seq }) => seq);

test("the trail is searched by actor, account, action, outcome, unlock, path and time, newest first", async () => {
  expect(await find({})).toEqual([5, 4, 3, 2, 1]);
  expect(await find({ actor: "reconciler" })).toEqual([2]);
  expect(await find({ account: "payments" })).toEqual([5, 2, 1]);
  expect(await find({ action: "config.changed" })).toEqual([3]);
  expect(await find({ outcome: "released" })).toEqual([5, 2]);
  expect(await find({ unlockId: "u1" })).toEqual([2, 1]);
  expect(await find({ statePath: "network" })).toEqual([2, 1]);
  expect(await find({ fromMs: 2_000, toMs: 4_000 })).toEqual([3, 2]);
  expect(await find({ beforeSeq: 4, limit: 2 })).toEqual([3, 2]);
  expect(await find({ account: "payments", outcome: "released", statePath: "NETWORK" })).toEqual([2]);
});

test("hostile text is found by exactly itself, and wildcards of the database mean nothing", async () => {
  expect(await find({ actor: HOSTILE })).toEqual([5]);
  expect(await find({ account: HOSTILE })).toEqual([4]);
  expect(await find({ statePath: HOSTILE })).toEqual([4]);
  expect(await find({ statePath: "a_b" })).toEqual([4]);
  expect(await find({ statePath: "b%\\/" })).toEqual([4]);
  expect(await find({ statePath: "%" })).toEqual([4]);
  expect(await find({ statePath: '"' })).toEqual([4]);
});

test("what is found is the stored line itself", async () => {
  const [line] = await db.stores.audit.find({ unlockId: "u2", limit: 1 });
  const all = await db.stores.audit.readLines({ afterSeq: 0, limit: 100 });
  expect(line).toEqual(all.find(({ seq }) => seq === 4));
});
