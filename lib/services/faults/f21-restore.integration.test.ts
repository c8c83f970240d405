import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runRestoreInterleavings, SURE_RETAKES } from "#lib/services/testing/restore-interleavings.ts";
import {
  heldObject,
  holdAs,
  listPuts,
  type Mechanisms,
  outcomesOf,
  PAST_DEADLINE_MS,
  restore,
  settleRestores,
  unlockForRestore,
} from "#lib/services/testing/restoring.ts";
import { OWN_KEY, REGION } from "#lib/services/testing/test-context.ts";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_ID,
  LOCK_KEY,
  lockText,
  openWorld,
  readAudit,
  TABLE,
  type World,
} from "#lib/services/testing/world.ts";

/** `npm run test:soak` has 5,000. */
const INTERLEAVINGS = 40;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await settleRestores(world);
  await world.reset();
});
afterAll(() => world.close());

const heldInfo = async () => (await heldItem(world))?.["Info"];

/** Does something just before AWS carries out the put. */
function beforePut(operation: "PutObject" | "PutItem", act: () => void | Promise<void>): void {
  world.sandbox.onRequest(async (request, phase) => {
    if (request.operation === operation && phase === "before") await act();
  });
}

test("F21: creates the same bytes again, under a role of its own, and records who, why, what and the outcome", async () => {
  const unlock = await unlockForRestore(world, "s3");

  const done = await restore(world, unlock, { reason: "the run was alive after all" });

  expect(done.outcome).toBe("restored");
  expect(heldObject(world)).toBe(lockText(HOLDER_A));
  const [put, ...others] = listPuts(world);
  expect(others).toEqual([]);
  expect(put?.headers["if-none-match"]).toBe("*");
  expect(put?.headers["x-amz-expected-bucket-owner"]).toBe(ACCOUNT_ID);
  expect(put?.principal?.role).toBe("restore");
  const events = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id).slice(-2);
  const raw = Buffer.from(lockText(HOLDER_A)).toString("base64");
  expect(events).toMatchObject([
    {
      action: "restore.intent",
      actor: { name: "riley" },
      details: { restoreId: done.id, reason: "the run was alive after all", halves: [{ rawBase64: raw }] },
    },
    { action: "restore.outcome", details: { restoreId: done.id, outcome: "restored" } },
  ]);
});

test("F21: puts the S3 half of a pair before the DynamoDB half, the order in which Terraform locks", async () => {
  const unlock = await unlockForRestore(world, "both");

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("restored");
  expect(outcomesOf(done)).toEqual(["s3 restored", "dynamodb restored"]);
  expect(listPuts(world).map((entry) => entry.operation)).toEqual(["PutObject", "PutItem"]);
  expect(listPuts(world)[1]?.body).toContain("attribute_not_exists");
  expect([heldObject(world), await heldInfo()]).toEqual([lockText(HOLDER_A), { S: lockText(HOLDER_A) }]);
});

test("F21: a restored lock is listed, and can be unlocked and undone again", async () => {
  const first = await unlockForRestore(world, "both");
  await restore(world, first);
  await world.scan();

  const lock = await world.onlyLock();
  const second = await world.unlock(lock);
  world.clock.advance(PAST_DEADLINE_MS);
  const again = await restore(world, second);

  expect([lock.lockId, second.outcome, again.outcome]).toEqual([HOLDER_A, "released", "restored"]);
  await expect(restore(world, first)).rejects.toMatchObject({ code: "invalid" });
});

test("F21: keeps the type, the metadata and the encryption of the object", async () => {
  const { accessKeyId, secretAccessKey } = OWN_KEY;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ region: REGION, endpoint: world.sandbox.s3Url, forcePathStyle: true, credentials });
  holdS3(world, "");
  const Body = Buffer.from(lockText(HOLDER_A));
  const facts = { ContentType: "application/json", Metadata: { tool: "terraform" } };
  const encryption = {
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: "arn:aws:kms:eu-west-1:111122223333:key/locks",
  } as const;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: LOCK_KEY, Body, ...facts, ...encryption }));
  s3.destroy();
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);
  world.sandbox.clearJournal();

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("restored");
  expect(listPuts(world)[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "x-amz-meta-tool": "terraform",
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": encryption.SSEKMSKeyId,
  });
  expect(heldObject(world)).toBe(lockText(HOLDER_A));
});

test.each([
  ["an empty body", () => holdS3(world, ""), () => expect(heldObject(world)).toBe("")],
  [
    "bytes that are no text",
    () => holdS3(world, Uint8Array.of(0, 255, 13, 10)),
    () => expect([...(world.sandbox.getObject(BUCKET, LOCK_KEY)?.body ?? [])]).toEqual([0, 255, 13, 10]),
  ],
  [
    "an item without Info, with a field of its own",
    () => world.sandbox.putItem(ACCOUNT_ID, REGION, TABLE, { LockID: { S: LOCK_ID }, Note: { N: "12.50" } }),
    async () => expect(await heldItem(world)).toMatchObject({ LockID: { S: LOCK_ID }, Note: { N: "12.5" } }),
  ],
])("F21: restores what Terraform itself could not write: %s", async (_name, hold, check) => {
  await hold();
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("restored");
  await check();
});

test("F21: of a partial unlock only the half that we removed comes back", async () => {
  await holdAs(world, "both");
  await world.scan();
  const fault = world.sandbox.addFault({
    match: { operation: "DeleteObject" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const unlock = await world.unlock(await world.onlyLock());
  world.sandbox.removeFault(fault);
  world.clock.advance(PAST_DEADLINE_MS);

  const done = await restore(world, unlock);

  expect([unlock.outcome, done.outcome]).toEqual(["partial", "restored"]);
  expect(outcomesOf(done)).toEqual(["dynamodb restored"]);
  expect(await heldInfo()).toEqual({ S: lockText(HOLDER_A) });
});

test("F21: of a partial unlock nothing comes back once somebody has locked the half that was left", async () => {
  await holdAs(world, "both");
  await world.scan();
  const fault = world.sandbox.addFault({
    match: { operation: "DeleteObject" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const unlock = await world.unlock(await world.onlyLock());
  world.sandbox.removeFault(fault);
  world.clock.advance(PAST_DEADLINE_MS);
  holdS3(world, lockText(HOLDER_B));

  expect((await restore(world, unlock)).outcome).toBe("changed");
  expect(listPuts(world)).toEqual([]);
  expect(heldObject(world)).toBe(lockText(HOLDER_B));
});

test.each<[Mechanisms, Mechanisms]>([
  ["s3", "s3"],
  ["dynamodb", "dynamodb"],
  ["both", "s3"],
  ["both", "dynamodb"],
])("F21: writes nothing of %s when somebody has locked %s before the restore reads", async (removed, taken) => {
  const unlock = await unlockForRestore(world, removed);
  await holdAs(world, taken, lockText(HOLDER_B));

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("changed");
  expect(done.intentAtMs).toBeNull();
  expect(listPuts(world)).toEqual([]);
  expect(taken === "s3" ? heldObject(world) : await heldInfo()).toEqual(
    taken === "s3" ? lockText(HOLDER_B) : { S: lockText(HOLDER_B) },
  );
  const [event] = (await readAudit(world)).slice(-1);
  expect(event).toMatchObject({ action: "restore.refused", unlockId: unlock.id, details: { outcome: "changed" } });
});

test("F21: leaves the newer lock as it is when somebody locks between the read and the put of the object", async () => {
  const unlock = await unlockForRestore(world, "both");
  beforePut("PutObject", () => holdS3(world, lockText(HOLDER_B)));

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("changed");
  expect(outcomesOf(done)).toEqual(["s3 changed", "dynamodb not_executed"]);
  expect([heldObject(world), await heldItem(world)]).toEqual([lockText(HOLDER_B), null]);
  expect(listPuts(world)).toHaveLength(1);
});

test("F21: leaves the newer lock as it is when somebody locks between the read and the put of the item", async () => {
  const unlock = await unlockForRestore(world, "dynamodb");
  beforePut("PutItem", () => holdDynamodb(world, lockText(HOLDER_B)));

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("changed");
  expect(await heldInfo()).toEqual({ S: lockText(HOLDER_B) });
});

test("F21: does not call another's identical lock its own", async () => {
  const unlock = await unlockForRestore(world, "s3");
  beforePut("PutObject", () => holdS3(world, lockText(HOLDER_A)));

  expect((await restore(world, unlock)).outcome).toBe("changed");
});

test("F21: is partial when the item was taken after the object was put, and cannot be asked for again", async () => {
  const unlock = await unlockForRestore(world, "both");
  beforePut("PutItem", () => holdDynamodb(world, lockText(HOLDER_B)));

  const done = await restore(world, unlock);
  world.clock.advance(PAST_DEADLINE_MS);

  expect(done.outcome).toBe("partial");
  expect(outcomesOf(done)).toEqual(["s3 restored", "dynamodb changed"]);
  expect(await heldInfo()).toEqual({ S: lockText(HOLDER_B) });
  await expect(restore(world, unlock)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/undone already/),
  });
});

test(`F21: overwrites no lock of another holder in ${INTERLEAVINGS} interleavings of releases and retakes with our requests`, async () => {
  const tally = await runRestoreInterleavings(world, INTERLEAVINGS);

  expect(tally).toMatchObject({ runs: INTERLEAVINGS, overwritten: 0, putTwice: 0, falseSuccesses: 0 });
  expect(tally.retakes).toBeGreaterThanOrEqual(SURE_RETAKES);
  expect(tally.outcomes["restored"]).toBeGreaterThan(0);
  expect(tally.outcomes["changed"]).toBeGreaterThan(0);
}, 240_000);
