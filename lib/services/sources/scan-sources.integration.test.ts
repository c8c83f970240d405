import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  REGION,
  type World,
} from "#lib/services/testing/world.ts";
import { listSources } from "./list-sources.ts";
import { startScan } from "./scan-sources.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

/** The world's account and two more, each with one bucket. */
function addAccounts(): Context {
  const others = [
    { id: "222233334444", name: "denied", allow: [] },
    { id: "333344445555", name: "hanging", allow: undefined },
  ].map(({ id, name, allow }): Source => {
    world.sandbox.addAccount({ id, name });
    world.sandbox.addRole({ accountId: id, name: "scan", ...(allow === undefined ? {} : { allow }) });
    world.sandbox.createBucket({ accountId: id, name: `${name}-tfstate`, region: REGION });
    const [first] = world.ctx.accounts;
    if (first === undefined) throw new Error("the world has no account");
    const account = { ...first, id, name, scanRoleArn: `arn:aws:iam::${id}:role/scan`, externalId: null };
    const source = { account, kind: "s3" as const, name: `${name}-tfstate`, region: REGION, prefix: "" };
    return { ...source, id: formatSourceId({ ...source, account: name }) };
  });
  return {
    ...world.ctx,
    accounts: [...world.ctx.accounts, ...others.map(({ account }) => account)],
    sources: [...world.ctx.sources, ...others],
  };
}

test("reads the third account completely and on time while one is denied and one hangs", async () => {
  holdS3(world, lockText(HOLDER_A));
  const ctx = addAccounts();
  world.sandbox.addFault({ match: { bucket: "hanging-tfstate" }, effect: { kind: "hang" } });
  const startedAtMs = Date.now();

  const { done } = startScan(ctx, { sourceId: null });
  await expect.poll(async () => (await listAllLocks(ctx)).length, { timeout: 5_000, interval: 20 }).toBe(1);
  const lockSeenMs = Date.now() - startedAtMs;
  const sources = await done;
  const allDoneMs = Date.now() - startedAtMs;

  const statusOf = Object.fromEntries(
    sources.map((source) => [source.account, [source.status, source.error?.code ?? null]]),
  );
  expect(statusOf).toEqual({
    "payments-prod": ["ok", null],
    denied: ["error", "access_denied"],
    hanging: ["error", "timeout"],
  });
  expect(sources.find((source) => source.account === "denied")?.error?.statement).toContain("s3:ListBucket");
  // The hanging account takes its full time limit; the others must not wait for it.
  expect(lockSeenMs).toBeLessThan(allDoneMs);
});

test("keeps the last known locks of a source that fails, marked as such, and drops them when a sweep sees them gone", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const fault = world.sandbox.addFault({
    match: { operation: "ListObjectsV2" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  await world.scan();
  const duringFailure = await world.onlyLock();
  world.sandbox.removeFault(fault);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  await world.scan();

  expect(duringFailure.isLastKnown).toBe(true);
  expect(await listAllLocks(world.ctx)).toEqual([]);
});

test("reads no body again while nothing changes, and never a state", async () => {
  holdS3(world, lockText(HOLDER_A));
  world.sandbox.putObject(BUCKET, "network/terraform.tfstate", '{"version":4}');
  for (let sweep = 0; sweep < 5; sweep += 1) await world.scan();

  const reads = world.sandbox.journal({ operation: "GetObject" });
  expect(reads.map((entry) => entry.key)).toEqual([LOCK_KEY]);
  expect((await world.onlyLock()).state?.sizeBytes).toBe(13);
});

test("serves any number of simultaneous requests with at most one sweep more than the running one", async () => {
  await Promise.all([world.scan(), world.scan(), world.scan(), world.scan()]);

  expect(world.sandbox.journal({ operation: "ListObjectsV2" }).length).toBeLessThanOrEqual(2);
});

test("a scan that is asked for sees what was locked before it was asked, also while an older sweep is running", async () => {
  const stop = world.sandbox.onRequest(async (request, phase) => {
    if (request.operation === "ListObjectsV2" && phase === "after") {
      stop();
      holdS3(world, lockText(HOLDER_A));
    }
  });
  const older = world.scan();
  await expect.poll(() => world.sandbox.getObject(BUCKET, LOCK_KEY), { interval: 5 }).not.toBeNull();

  await world.scan();

  expect(await listAllLocks(world.ctx)).toHaveLength(1);
  await older;
});

test("a scan has no way to write: its journal holds reads alone, under the scan role", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();

  const calls = world.sandbox.journal().filter((entry) => entry.service !== "sts");
  expect(calls.filter((entry) => entry.isWrite)).toEqual([]);
  expect(new Set(calls.map((entry) => entry.principal?.role))).toEqual(new Set(["scan"]));
  expect((await listSources(world.ctx)).map((source) => [source.kind, source.status, source.locksFound])).toEqual([
    ["s3", "ok", 1],
    ["dynamodb", "ok", 0],
  ]);
  expect(calls.every((entry) => entry.accountId === ACCOUNT_ID)).toBe(true);
});

test("says half once a lock that was whole has one half left", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.sandbox.putItem(ACCOUNT_ID, REGION, "terraform-locks", {
    LockID: { S: `${BUCKET}/network/terraform.tfstate` },
    Info: { S: lockText(HOLDER_A) },
  });
  await world.scan();
  const whole = await world.onlyLock();
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  await world.scan();

  expect([whole.status, whole.halves.length]).toEqual(["held", 2]);
  expect(await world.onlyLock()).toMatchObject({ status: "half", attention: "broken", lockId: HOLDER_A });
});
