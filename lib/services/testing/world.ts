import { randomUUID } from "node:crypto";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import type { Lock } from "#lib/domain/lock.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import { forceUnlock, type WaitingUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";
import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { ACCOUNT_ID, BUCKET, createTestContext, EXTERNAL_ID, OWN_KEY, REGION, ROLES, TABLE } from "./test-context.ts";

export { ACCOUNT_ID, BUCKET, REGION, TABLE };

/** The real services and adapters over a sandbox and a real store; only the clock is ours. */
export type World = {
  readonly sandbox: Sandbox;
  readonly ctx: Context;
  readonly database: TestDatabase;
  readonly clock: { advance: (ms: number) => void };
  readonly scan: () => Promise<void>;
  readonly onlyLock: () => Promise<Lock>;
  /** Asks to unlock exactly the lock given, as a page that shows it would. */
  readonly unlock: (lock: Lock, change?: Partial<UnlockRequest>) => Promise<Unlock>;
  readonly deletes: () => number;
  /** Takes every lock, fault, hook and journal entry of the last test away; opening a world takes seconds, this does not. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** `databaseVia` and `awsVia` may lead the connections elsewhere, such as through a proxy. */
export async function openWorld(
  options: { databaseVia?: (url: string) => Promise<string>; awsVia?: (url: string) => Promise<string> } = {},
): Promise<World> {
  const started = await startSandbox();
  const hooks: (() => void)[] = [];
  const objects: string[] = [];
  const items: string[] = [];
  const sandbox: Sandbox = {
    ...started,
    onRequest: (hook) => {
      const stop = started.onRequest(hook);
      hooks.push(stop);
      return stop;
    },
    putObject: (bucket, key, body, options) => {
      objects.push(key);
      return started.putObject(bucket, key, body, options);
    },
    putItem: (accountId, region, table, item) => {
      const lockId = item["LockID"];
      if (lockId !== undefined && "S" in lockId && typeof lockId.S === "string") items.push(lockId.S);
      return started.putItem(accountId, region, table, item);
    },
  };
  const database = await openTestDatabase({ via: options.databaseVia });
  sandbox.addAccount({ id: ACCOUNT_ID, name: "payments-prod" });
  sandbox.addAccessKey({ ...OWN_KEY, accountId: ACCOUNT_ID });
  for (const name of ROLES) sandbox.addRole({ accountId: ACCOUNT_ID, name, externalId: EXTERNAL_ID });
  sandbox.createBucket({ accountId: ACCOUNT_ID, name: BUCKET, region: REGION });
  await sandbox.createTable({ accountId: ACCOUNT_ID, name: TABLE, region: REGION });

  let skippedMs = 0;
  const endpoint = (await options.awsVia?.(sandbox.s3Url)) ?? sandbox.s3Url;
  const ctx = createTestContext({ endpoint, stores: database.stores, skippedMs: () => skippedMs });
  // Time passes for AWS too, but not for the clock that its clients sign with.
  sandbox.setSkewRefused(false);
  const skip = (ms: number) => {
    skippedMs += ms;
    sandbox.setClockOffsetMs(skippedMs);
  };
  const scan = async () => {
    await startScan(ctx, { sourceId: null }).done;
  };
  return {
    sandbox,
    ctx,
    database,
    clock: { advance: skip },
    scan,
    onlyLock: async () => {
      const [lock, ...others] = await listAllLocks(ctx);
      if (lock === undefined || others.length > 0)
        throw new Error(`Expected one lock, found ${others.length + (lock ? 1 : 0)}.`);
      return lock;
    },
    unlock: async (lock, change = {}) => notWaiting(await forceUnlock(ctx, askFor(lock, change))),
    deletes: () =>
      sandbox.journal().filter((entry) => entry.operation === "DeleteObject" || entry.operation === "DeleteItem")
        .length,
    reset: async () => {
      sandbox.clearFaults();
      for (const stop of hooks.splice(0)) stop();
      for (const key of objects.splice(0)) sandbox.deleteObject(BUCKET, key);
      for (const lockId of items.splice(0)) await sandbox.deleteItem(ACCOUNT_ID, REGION, TABLE, lockId);
      // An unlock left unknown on purpose would keep the next one waiting.
      skip(120_000);
      await reconcileUnlocks(ctx);
      await scan();
      sandbox.clearJournal();
    },
    close: async () => {
      await database.close();
      await sandbox.close();
    },
  };
}

/** What a page that shows exactly this lock would ask for. */
export function askFor(lock: Lock, change: Partial<UnlockRequest> = {}): UnlockRequest {
  const { key, lockId, fingerprint } = lock;
  const reason = "the runner died, see the incident";
  return { key, lockId, fingerprint, reason, idempotencyKey: randomUUID(), ...change };
}

/** The record of an unlock that no second person was asked to approve. */
export function notWaiting(answer: Unlock | WaitingUnlock): Unlock {
  if (answer.outcome === "waiting") throw new Error(`It waits for the approval ${answer.approval.id}.`);
  return answer;
}

/** Lock text as Terraform writes it: one line, this order of fields. */
export function lockText(
  id: string,
  change: { who?: string; operation?: string; created?: string; path?: string } = {},
): string {
  return JSON.stringify({
    ID: id,
    Operation: change.operation ?? "OperationTypeApply",
    Info: "",
    Who: change.who ?? "runner@fv-az123-4",
    Version: "1.11.4",
    Created: change.created ?? "2026-01-01T00:00:00.5Z",
    Path: change.path ?? `${BUCKET}/${STATE_KEY}`,
  });
}

export const STATE_KEY = "network/terraform.tfstate";
export const LOCK_KEY = `${STATE_KEY}.tflock`;
export const LOCK_ID = `${BUCKET}/${STATE_KEY}`;
export const HOLDER_A = "aaaaaaaa-1111-2222-3333-444444444444";
export const HOLDER_B = "bbbbbbbb-1111-2222-3333-444444444444";

export function holdS3(world: World, text: string | Uint8Array): void {
  world.sandbox.putObject(BUCKET, LOCK_KEY, text);
}

export function holdDynamodb(world: World, text: string): Promise<void> {
  return world.sandbox.putItem(ACCOUNT_ID, REGION, TABLE, { LockID: { S: LOCK_ID }, Info: { S: text } });
}

export function heldItem(world: World) {
  return world.sandbox.getItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
}

/** Every audit event, parsed. */
export async function readAudit(world: World): Promise<readonly Record<string, unknown>[]> {
  const lines = await world.ctx.audit.readLines({ afterSeq: 0, limit: 10_000 });
  return lines.map(({ line }) => JSON.parse(line).event);
}
