import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Access, Grant } from "#lib/domain/access/access.ts";
import type { Role } from "#lib/domain/access/role.ts";
import { EVERYWHERE, type Scope } from "#lib/domain/access/scope.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { describeTrail } from "#lib/services/audit/describe-trail.ts";
import { exportAudit } from "#lib/services/audit/export-audit.ts";
import { listAuditEvents } from "#lib/services/audit/list-audit-events.ts";
import { listDeliveries } from "#lib/services/audit/list-deliveries.ts";
import { getLock } from "#lib/services/locks/get-lock.ts";
import { listLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { restoreUnlock } from "#lib/services/restores/restore-unlock.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import {
  BUCKET,
  HOLDER_A,
  holdDynamodb,
  holdS3,
  lockText,
  openWorld,
  readAudit,
  STATE_KEY,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { getUnlock, listUnlocks } from "#lib/services/unlocks/list-unlocks.ts";

const ACCOUNT = "payments-prod";
const OTHER_KEY = "billing/terraform.tfstate";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

function grant(role: Role, scope: Partial<Scope> = {}, effect: Grant["effect"] = "allow"): Grant {
  return { effect, role, scope: { ...EVERYWHERE, ...scope } };
}

/** Somebody else at the same product. */
function as(...grants: readonly Grant[]): Context {
  const access: Access = { grants, limit: null };
  const actor = {
    kind: "person",
    name: "sam",
    authenticatedBy: "oidc",
    issuer: "https://id.example",
    subject: "00u1",
  } as const;
  return { ...world.ctx, actor, access, signIn: { kind: "session", sessionId: "s", signedInAtMs: world.ctx.now() } };
}

const NETWORK = { statePaths: [`${BUCKET}/network/**`] };

async function holdBoth(): Promise<void> {
  holdS3(world, lockText(HOLDER_A));
  world.sandbox.putObject(BUCKET, `${OTHER_KEY}.tflock`, lockText("cccccccc-1111-2222-3333-444444444444"));
  await world.scan();
}

async function keysSeenBy(ctx: Context): Promise<readonly string[]> {
  const { locks } = await listLocks(ctx, { filter: {}, limit: 10, cursor: null });
  return locks.map(({ stateKey }) => stateKey).toSorted();
}

async function unlockAs(ctx: Context, stateKey: string): Promise<Unlock> {
  const { locks } = await listLocks(world.ctx, { filter: {}, limit: 10, cursor: null });
  const lock = locks.find((candidate) => candidate.stateKey === stateKey);
  if (lock === undefined) throw new Error(`no lock at ${stateKey}`);
  const { key, lockId, fingerprint } = lock;
  const reason = "the runner died, see the incident";
  const unlock = await forceUnlock(ctx, { key, lockId, fingerprint, reason, idempotencyKey: randomUUID() });
  if (unlock.outcome === "waiting") throw new Error("no policy asks for a second person");
  return unlock;
}

test("a person sees the locks of their scope, and the counts tell of no others", async () => {
  await holdBoth();
  const sam = as(grant("viewer", NETWORK));

  expect(await keysSeenBy(as(grant("viewer")))).toEqual([OTHER_KEY, STATE_KEY]);
  expect(await keysSeenBy(sam)).toEqual([STATE_KEY]);
  expect(await keysSeenBy(as())).toEqual([]);
  expect(await keysSeenBy(as(grant("viewer"), grant("viewer", NETWORK, "deny")))).toEqual([OTHER_KEY]);
  const { counts, matching } = await listLocks(sam, { filter: {}, limit: 10, cursor: null });
  expect(matching).toBe(1);
  expect(Object.values(counts).every((count) => typeof count !== "number" || count <= 1)).toBe(true);
});

test("a lock outside the scope is not there: neither standing nor after it went", async () => {
  await holdBoth();
  const sam = as(grant("viewer", NETWORK));
  const { locks } = await listLocks(world.ctx, { filter: {}, limit: 10, cursor: null });
  const other = locks.find(({ stateKey }) => stateKey === OTHER_KEY)?.key ?? "";

  await expect(getLock(sam, other)).rejects.toMatchObject({ code: "not_found" });
  world.sandbox.deleteObject(BUCKET, `${OTHER_KEY}.tflock`);
  await world.scan();
  await expect(getLock(sam, other)).rejects.toMatchObject({ code: "not_found" });
  expect((await getLock(world.ctx, other)).lock).toBeNull();
});

test("the raw text of a lock and of a record is for who may read it", async () => {
  await holdBoth();
  const { id, lockKey } = await unlockAs(world.ctx, STATE_KEY);
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const viewer = as(grant("viewer"));
  const auditor = as(grant("auditor"));

  expect((await getLock(auditor, lockKey)).halves[0]).toMatchObject({
    isRawHidden: false,
    rawText: expect.any(String),
  });
  expect((await getLock(viewer, lockKey)).halves[0]).toMatchObject({
    isRawHidden: true,
    rawText: null,
    rawBase64: null,
  });
  expect((await getUnlock(auditor, id)).halves[0]).toMatchObject({ isRawHidden: false, rawText: expect.any(String) });
  expect((await getUnlock(viewer, id)).halves[0]).toMatchObject({ isRawHidden: true, rawText: null, rawBase64: null });
  expect(JSON.stringify(await listUnlocks(viewer, { limit: 5 }))).not.toContain('rawBase64":"');
});

test("who may not unlock a lock they see is refused: nothing is sent, and the attempt is on the trail", async () => {
  await holdBoth();

  await expect(unlockAs(as(grant("viewer")), STATE_KEY)).rejects.toMatchObject({ code: "refused" });
  await expect(unlockAs(as(grant("approver"), grant("auditor")), STATE_KEY)).rejects.toMatchObject({ code: "refused" });
  await expect(
    unlockAs(as(grant("viewer"), grant("unlocker", { accounts: ["other-*"] })), STATE_KEY),
  ).rejects.toMatchObject({ code: "refused" });
  await expect(unlockAs(as(grant("unlocker"), grant("unlocker", NETWORK, "deny")), STATE_KEY)).rejects.toMatchObject({
    code: "refused",
  });

  expect(world.deletes()).toBe(0);
  const denials = (await readAudit(world)).filter(({ action }) => action === "access.denied");
  expect(denials.at(-1)).toMatchObject({
    actor: { name: "sam", issuer: "https://id.example", subject: "00u1" },
    details: { permission: "unlocks.force", places: [{ account: ACCOUNT, bucket: BUCKET, stateKey: STATE_KEY }] },
  });
});

test("a lock outside the scope cannot be unlocked, and the answer does not tell that it exists", async () => {
  await holdBoth();
  const sam = as(grant("unlocker", NETWORK));

  await expect(unlockAs(sam, OTHER_KEY)).rejects.toMatchObject({ code: "not_found" });
  expect((await unlockAs(sam, STATE_KEY)).outcome).toBe("released");
});

test("both halves are unlocked in the scope of both, under the person's identity", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();

  const unlock = await unlockAs(as(grant("unlocker", { ...NETWORK, accounts: [ACCOUNT] })), STATE_KEY);

  expect(unlock).toMatchObject({ outcome: "released", actor: { name: "sam", subject: "00u1" } });
  expect(world.deletes()).toBe(2);
});

test("a sign-in that is too old unlocks and restores nothing", async () => {
  await holdBoth();
  const sam = as(grant("unlocker"));
  const stale: Context = {
    ...sam,
    freshSignInMsMax: 300_000,
    signIn: { kind: "session", sessionId: "s", signedInAtMs: world.ctx.now() - 300_001 },
  };

  await expect(unlockAs(stale, STATE_KEY)).rejects.toMatchObject({ code: "sign_in_again" });
  expect(world.deletes()).toBe(0);
  const { id } = await unlockAs({ ...stale, signIn: sam.signIn }, STATE_KEY);
  const request = { unlockId: id, reason: "it was alive after all", idempotencyKey: randomUUID() };
  await expect(restoreUnlock(stale, request)).rejects.toMatchObject({ code: "sign_in_again" });
});

test("putting a lock back takes its own permission, and the page does not offer it without", async () => {
  await holdBoth();
  const { id } = await unlockAs(world.ctx, STATE_KEY);
  world.clock.advance(60_000);
  const auditor = as(grant("auditor"));
  const request = { unlockId: id, reason: "it was alive after all", idempotencyKey: randomUUID() };

  await expect(restoreUnlock(auditor, request)).rejects.toMatchObject({ code: "refused" });
  expect((await getUnlock(auditor, id)).restore).toMatchObject({ state: "impossible" });
  expect((await getUnlock(as(grant("unlocker")), id)).restore).toMatchObject({ state: "possible" });
  expect(world.sandbox.journal().filter(({ operation }) => operation === "PutObject")).toEqual([]);
});

test("records are listed to who may see their lock, page after page, and to who made them", async () => {
  await holdBoth();
  const mine = await unlockAs(as(grant("unlocker")), STATE_KEY);
  const other = await unlockAs(world.ctx, OTHER_KEY);
  const billing = as(grant("viewer", { statePaths: [`${BUCKET}/billing/**`] }));

  const first = await listUnlocks(billing, { limit: 1 });
  expect(first.unlocks.map(({ id }) => id)).toContain(other.id);
  const withdrawn = as(grant("viewer", { accounts: ["nothing"] }));
  expect((await listUnlocks(withdrawn, { limit: 50 })).unlocks.every(({ actor }) => actor === "sam")).toBe(true);
  expect((await getUnlock(withdrawn, mine.id)).id).toBe(mine.id);
  await expect(getUnlock(withdrawn, other.id)).rejects.toMatchObject({ code: "not_found" });
});

test("sources are shown and scanned in the scope alone", async () => {
  const elsewhere = as(grant("viewer", { accounts: ["data-*"] }));
  const bucketOnly = as(grant("viewer", { buckets: [BUCKET] }));

  expect(await listSources(elsewhere)).toEqual([]);
  expect(await startScan(elsewhere, { sourceId: null }).done).toEqual([]);
  const [source] = world.ctx.sources;
  expect(() => startScan(elsewhere, { sourceId: source?.id ?? "" })).toThrow(/no such source/i);
  // A table may hold locks of any bucket, so whoever sees one bucket sees that it is there.
  expect((await listSources(bucketOnly)).map(({ kind }) => kind)).toEqual(["s3", "dynamodb"]);
  expect((await listSources(as(grant("viewer", { buckets: ["another"] })))).map(({ kind }) => kind)).toEqual([
    "dynamodb",
  ]);
});

test("the trail is for auditors, in their scope, and exported by who may read all of it", async () => {
  await holdBoth();
  await unlockAs(world.ctx, STATE_KEY);
  await unlockAs(world.ctx, OTHER_KEY);
  const viewer = as(grant("unlocker"));
  const scoped = as(grant("auditor", NETWORK));

  await expect(listAuditEvents(viewer, { limit: 5 })).rejects.toMatchObject({ code: "refused" });
  await expect(describeTrail(viewer)).rejects.toMatchObject({ code: "refused" });
  await expect(exportAudit(viewer, { format: "jsonl", afterSeq: 0 })).rejects.toMatchObject({ code: "refused" });
  await expect(listDeliveries(scoped)).rejects.toMatchObject({ code: "refused" });
  await expect(exportAudit(scoped, { format: "csv", afterSeq: 0 })).rejects.toMatchObject({ code: "refused" });
  const { lines } = await listAuditEvents(scoped, { limit: 20 });
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every(({ line }) => line.includes(STATE_KEY) && !line.includes(OTHER_KEY))).toBe(true);
  const all = await listAuditEvents(as(grant("auditor")), { limit: 50 });
  expect(all.lines.some(({ line }) => line.includes(OTHER_KEY))).toBe(true);
});
