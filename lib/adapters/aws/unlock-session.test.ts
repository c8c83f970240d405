import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Source } from "#lib/domain/source.ts";
import type { HalfDeletion, HalfGuard, HalfRead } from "#lib/services/ports/halves.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import {
  addressOf,
  HOSTILE_STATE_KEYS,
  openUnlock,
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
});
afterAll(() => world.sandbox.close());

const LOCK = '{"ID":"a","Who":"jo@laptop"}';
const ABSENT = { kind: "absent", awsDateMs: expect.any(Number), requestId: expect.any(String) };

test("deletes the object that was read with one DELETE that names its ETag, its owner and no version", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const put = world.sandbox.putObject(source.name, "x.tfstate.tflock", LOCK);
  const session = await open(source, 5_000, "x.tfstate.tflock");
  const address = addressOf(source, "x.tfstate.tflock");

  const read = await session.readHalf(address);
  const deletion = await session.deleteHalf(address, guardOf(read));

  expect(read).toMatchObject({ kind: "present", etag: put.etag, versionId: put.versionId });
  expect(deletion).toEqual({ kind: "deleted", requestId: expect.any(String), versionId: expect.any(String) });
  const [marker, kept] = world.sandbox.listVersions(source.name, "x.tfstate.tflock");
  expect(marker).toMatchObject({ isDeleteMarker: true, versionId: versionOf(deletion) });
  expect(kept).toMatchObject({ isDeleteMarker: false, versionId: put.versionId });
  const deletes = world.sandbox.journal({ isWrite: true });
  expect(deletes).toMatchObject([
    { operation: "DeleteObject", key: "x.tfstate.tflock", principal: { role: "unlock" } },
  ]);
  expect(deletes[0]?.headers).toMatchObject({ "if-match": put.etag, "x-amz-expected-bucket-owner": source.account.id });
  expect(await session.readHalf(address)).toEqual(ABSENT);
});

test.each(HOSTILE_STATE_KEYS)("what is listed as %j is what is read and deleted", async (stateKey) => {
  const source = world.newBucket();
  const key = `${stateKey}.tflock`;
  world.sandbox.putObject(source.name, key, LOCK);
  world.sandbox.putObject(source.name, "neighbour.tflock", LOCK);
  const swept = await createScanner({ env: world.env, limits: TEST_LIMITS }).sweep(source, [], () => undefined);
  const half = swept.halves.find(({ location }) => location !== "neighbour.tflock");
  const session = await open(source, 5_000, half?.location);

  const address = addressOf(source, half?.location ?? "");
  const read = await session.readHalf(address);
  const deletion = await session.deleteHalf(address, guardOf(read));

  expect(read).toMatchObject({ kind: "present", fingerprint: half?.fingerprint, etag: half?.etag });
  expect(deletion.kind).toBe("deleted");
  expect(world.sandbox.getObject(source.name, key)).toBeNull();
  expect(world.sandbox.getObject(source.name, "neighbour.tflock")).not.toBeNull();
});

test("an empty lock is read and deleted", async () => {
  const source = world.newBucket();
  const { etag } = world.sandbox.putObject(source.name, "x.tflock", "");
  const session = await open(source);

  const read = await session.readHalf(addressOf(source, "x.tflock"));
  const deletion = await session.deleteHalf(addressOf(source, "x.tflock"), guardOf(read));

  const body = { kind: "bytes", bytes: new Uint8Array(), sizeBytes: 0, isTruncated: false };
  expect(read).toMatchObject({ kind: "present", body, guard: { kind: "etag", etag } });
  expect(deletion.kind).toBe("deleted");
});

test("a lock that changed since it was read stays", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", LOCK);
  const session = await open(source);
  const guard = guardOf(await session.readHalf(addressOf(source, "x.tflock")));
  world.sandbox.putObject(source.name, "x.tflock", '{"ID":"b"}');

  const deletion = await session.deleteHalf(addressOf(source, "x.tflock"), guard);

  expect(deletion.kind).toBe("condition_failed");
  expect(world.sandbox.getObject(source.name, "x.tflock")).not.toBeNull();
});

test("a lock that is gone is absent, to the delete as to the read, and behind a delete marker too", async () => {
  for (const versioning of ["off", "enabled"] as const) {
    const source = world.newBucket({ versioning });
    world.sandbox.putObject(source.name, "x.tflock", LOCK);
    const session = await open(source);
    const guard = guardOf(await session.readHalf(addressOf(source, "x.tflock")));
    world.sandbox.deleteObject(source.name, "x.tflock");

    expect((await session.deleteHalf(addressOf(source, "x.tflock"), guard)).kind).toBe("absent");
    expect((await session.readHalf(addressOf(source, "x.tflock"))).kind).toBe("absent");
  }
});

test.each([
  ["the answer is lost", { kind: "drop-after" }, true],
  ["the connection breaks before", { kind: "drop-before" }, false],
  ["nobody answers", { kind: "hang" }, false],
  ["a portal answers 200", { kind: "answer-200" }, false],
  ["S3 answers 409", { kind: "status", status: 409, code: "ConditionalRequestConflict" }, false],
  ["S3 answers 500", { kind: "status", status: 500, code: "InternalError" }, false],
  ["S3 answers 503", { kind: "status", status: 503, code: "SlowDown" }, false],
] as const)("a delete is unknown, and sent once, when %s", async (_name, effect, isGone) => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", LOCK);
  const session = await open(source, 700);
  const guard = guardOf(await session.readHalf(addressOf(source, "x.tflock")));
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect });

  const deletion = await session.deleteHalf(addressOf(source, "x.tflock"), guard);

  expect(deletion).toMatchObject({ kind: "unknown", message: expect.any(String) });
  expect(world.sandbox.journal({ isWrite: true })).toHaveLength(1);
  expect(world.sandbox.getObject(source.name, "x.tflock") === null).toBe(isGone);
});

test.each([
  ["403", { kind: "status", status: 403, code: "AccessDenied" }, "denied"],
  ["400", { kind: "status", status: 400, code: "InvalidArgument" }, "rejected"],
  ["501", { kind: "status", status: 501, code: "NotImplemented" }, "rejected"],
  ["404 for the bucket", { kind: "status", status: 404, code: "NoSuchBucket" }, "rejected"],
] as const)("a delete that S3 refuses with %s was not carried out", async (_name, effect, kind) => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", LOCK);
  const session = await open(source);
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect });

  const deletion = await session.deleteHalf(addressOf(source, "x.tflock"), { kind: "etag", etag: '"e"' });

  expect(deletion).toMatchObject({ kind, requestId: expect.any(String) });
});

test("nothing is sent for a target that is no lock, a guard that guards nothing, or a source that was not opened", async () => {
  const source = world.newBucket();
  const table = await world.newTable();
  const session = await open(source);
  const tableSession = await open(table);
  world.sandbox.clearJournal();
  const guard: HalfGuard = { kind: "etag", etag: '"e"' };

  const refused = [
    await session.deleteHalf(addressOf(source, "x.tfstate"), guard),
    await session.deleteHalf(addressOf(source, "x.tflock"), { kind: "etag", etag: "*" }),
    await session.deleteHalf(addressOf(source, "x.tflock"), { kind: "item", info: null }),
    await session.deleteHalf(addressOf(world.newBucket(), "x.tflock"), guard),
    await tableSession.deleteHalf(addressOf(table, "b/x"), guard),
    await tableSession.deleteHalf(addressOf(table, "b/x"), { kind: "item", info: "{}" }),
    await tableSession.deleteHalf(addressOf(table, "b/x-md5"), { kind: "item", info: null }),
  ];

  expect(refused.map(({ kind }) => kind)).toEqual(Array(7).fill("rejected"));
  expect(world.sandbox.journal()).toHaveLength(0);
});

test("a read that is denied is told apart from one that failed, and says what it cannot tell", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", LOCK);
  const session = await open(source, 500);
  const address = addressOf(source, "x.tflock");
  const read = async (effect: Parameters<typeof world.sandbox.addFault>[0]["effect"]) => {
    world.sandbox.clearFaults();
    world.sandbox.addFault({ match: { operation: "GetObject" }, effect });
    return session.readHalf(address);
  };

  const denied = await read({ kind: "status", status: 403, code: "AccessDenied" });
  expect(denied).toMatchObject({ kind: "denied", hint: expect.stringContaining("cannot tell") });
  expect((await read({ kind: "status", status: 400, code: "InvalidRequest" })).kind).toBe("denied");
  expect((await read({ kind: "drip", bytesPerSecond: 10 })).kind).toBe("failed");
  expect((await read({ kind: "hang" })).kind).toBe("failed");
  expect((await read({ kind: "answer-200" })).kind).toBe("failed");
  expect((await read({ kind: "status", status: 404, code: "NoSuchBucket" })).kind).toBe("failed");
  expect((await read({ kind: "drop-before" })).kind).toBe("failed");
});

test("a closed session answers, and sends nothing", async () => {
  const source = world.newBucket();
  const session = await open(source);
  session.close();
  world.sandbox.clearJournal();

  expect((await session.readHalf(addressOf(source, "x.tflock"))).kind).toBe("failed");
  expect(world.sandbox.journal()).toHaveLength(0);
});

test("deletes the item that was read only if its Info is the same and it has no digest", async () => {
  const table = await world.newTable();
  const infos = [
    { S: LOCK },
    { S: "" },
    { S: "\u0000\u202e\u{1f680}" },
    { B: Buffer.from([0, 255, 1]).toString("base64") },
    { N: "12345678901234567890123456789012345678" },
    { SS: ["z", "a"] },
    { BOOL: false },
  ];
  for (const [index, Info] of infos.entries()) {
    const lockId = `acme/${index}`;
    await put(table, { LockID: { S: lockId }, Info, Extra: { S: "kept" } });
    const session = await open(table, 5_000, lockId);
    const address = addressOf(table, lockId);
    const guard = guardOf(await session.readHalf(address));

    await put(table, { LockID: { S: lockId }, Info: { S: "another" } });
    expect((await session.deleteHalf(address, guard)).kind).toBe("condition_failed");
    await put(table, { LockID: { S: lockId }, Info, Digest: { S: "d" } });
    expect((await session.deleteHalf(address, guard)).kind).toBe("condition_failed");
    await put(table, { LockID: { S: lockId }, Info, Extra: { S: "changed" } });
    const deletion = await session.deleteHalf(address, guard);

    expect(deletion).toEqual({ kind: "deleted", requestId: expect.any(String), versionId: null });
    expect(await session.readHalf(address)).toEqual(ABSENT);
    expect((await session.deleteHalf(address, guard)).kind).toBe("condition_failed");
  }
});

test("an item without Info is read whole, and deleted only while it has neither Info nor Digest", async () => {
  const table = await world.newTable();
  await put(table, { LockID: { S: "acme/x" }, Zed: { N: "1" }, Alpha: { S: "a" } });
  const session = await open(table);
  const address = addressOf(table, "acme/x");

  const read = await session.readHalf(address);
  await put(table, { LockID: { S: "acme/x" }, Info: { S: LOCK } });
  const refused = await session.deleteHalf(address, guardOf(read));
  await put(table, { LockID: { S: "acme/x" } });
  const deletion = await session.deleteHalf(address, guardOf(read));

  expect(read).toMatchObject({
    kind: "present",
    guard: { kind: "item", info: null },
    body: { problem: "info_missing" },
  });
  expect(textOf(read)).toBe('{"Alpha":{"S":"a"},"LockID":{"S":"acme/x"},"Zed":{"N":"1"}}');
  expect(refused.kind).toBe("condition_failed");
  expect(deletion.kind).toBe("deleted");
});

test("a digest is never a lock, and an item that is both is never deleted", async () => {
  const table = await world.newTable();
  await put(table, { LockID: { S: "acme/x-md5" }, Digest: { S: "d" } });
  await put(table, { LockID: { S: "acme/y-md5" } });
  await put(table, { LockID: { S: "acme/z" }, Info: { S: LOCK }, Digest: { S: "d" } });
  const session = await open(table);

  expect((await session.readHalf(addressOf(table, "acme/x-md5"))).kind).toBe("absent");
  expect((await session.readHalf(addressOf(table, "acme/y-md5"))).kind).toBe("absent");
  const both = await session.readHalf(addressOf(table, "acme/z"));
  expect(both).toMatchObject({ kind: "present", body: { kind: "item", problem: "has_digest" } });
  expect((await session.deleteHalf(addressOf(table, "acme/z"), guardOf(both))).kind).toBe("condition_failed");
  expect(await world.sandbox.getItem(table.account.id, table.region, table.name, "acme/z")).not.toBeNull();
});

test.each([
  ["the answer is lost", { kind: "drop-after" }, "unknown"],
  ["nobody answers", { kind: "hang" }, "unknown"],
  ["a portal answers 200", { kind: "answer-200" }, "unknown"],
  ["DynamoDB answers 500", { kind: "status", status: 500, code: "InternalServerError" }, "unknown"],
  ["DynamoDB throttles", { kind: "status", status: 400, code: "ThrottlingException" }, "rejected"],
  ["DynamoDB denies", { kind: "status", status: 400, code: "AccessDeniedException" }, "denied"],
] as const)("a delete of an item, when %s, is sent once and is what it is", async (_name, effect, kind) => {
  const table = await world.newTable();
  await put(table, { LockID: { S: "acme/x" }, Info: { S: LOCK } });
  const session = await open(table, 700);
  const guard = guardOf(await session.readHalf(addressOf(table, "acme/x")));
  world.sandbox.addFault({ match: { operation: "DeleteItem" }, effect });

  const deletion = await session.deleteHalf(addressOf(table, "acme/x"), guard);

  expect(deletion).toMatchObject({ kind });
  expect(world.sandbox.journal({ isWrite: true })).toHaveLength(1);
});

test("an item read that a portal answers is failed, not absent", async () => {
  const table = await world.newTable();
  const session = await open(table);
  world.sandbox.addFault({ match: { operation: "GetItem" }, effect: { kind: "answer-200" } });

  expect((await session.readHalf(addressOf(table, "acme/x"))).kind).toBe("failed");
});

test("an empty answer that DynamoDB did not sign with a request ID proves neither absence nor deletion", async () => {
  const table = await world.newTable();
  const url = await serveRaw((_request, response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end("{}");
  });
  const account = { ...table.account, endpoints: { ...table.account.endpoints, dynamodb: url } };
  const session = await open({ ...table, account });

  expect((await session.readHalf(addressOf(table, "acme/x"))).kind).toBe("failed");
  const deletion = await session.deleteHalf(addressOf(table, "acme/x"), { kind: "item", info: '{"S":"{}"}' });
  expect(deletion).toMatchObject({ kind: "unknown", message: expect.stringContaining("without the item") });
});

test("items are read with strong consistency, by unlocks and by scans", async () => {
  const table = await world.newTable();
  const session = await open(table);

  await session.readHalf(addressOf(table, "acme/x"));
  await createScanner({ env: world.env, limits: TEST_LIMITS }).readHalf(table, addressOf(table, "acme/x"));

  const bodies = world.sandbox.journal({ operation: "GetItem" }).map((entry) => JSON.parse(entry.body ?? ""));
  expect(bodies).toMatchObject([{ ConsistentRead: true }, { ConsistentRead: true }]);
});

async function open(source: Source, timeoutMs = 5_000, location?: string): Promise<UnlockSession> {
  const session = await openUnlock(world, [source], {
    timeoutMs,
    ...(location === undefined ? {} : { locations: [location] }),
  });
  onTestFinished(session.close);
  return session;
}

function guardOf(read: HalfRead): HalfGuard {
  if (read.kind !== "present") throw new Error(`Expected a half, but it is ${read.kind}.`);
  return read.guard;
}

function versionOf(deletion: HalfDeletion): string | null {
  return deletion.kind === "deleted" ? deletion.versionId : null;
}

function textOf(read: HalfRead): string | null {
  return read.kind === "present" && read.body.kind !== "denied" ? new TextDecoder().decode(read.body.bytes) : null;
}

function put(table: Source, item: Parameters<typeof world.sandbox.putItem>[3]): Promise<void> {
  return world.sandbox.putItem(table.account.id, table.region, table.name, item);
}
