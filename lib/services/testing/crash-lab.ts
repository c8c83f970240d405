import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { copyEmbeddedTemplate } from "#lib/adapters/db/testing/embedded-template.ts";
import { createServerDatabase, MIGRATIONS_DIR, quietLog } from "#lib/adapters/db/testing/test-database.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { type OtherProcess, startProcess } from "./crash-process.ts";
import { ACCOUNT_ID, BUCKET, createTestContext, EXTERNAL_ID, OWN_KEY, REGION, ROLES, TABLE } from "./test-context.ts";
import { lockText } from "./world.ts";

type Place = { readonly stateKey: string; readonly mechanism: "s3" | "dynamodb" | "both" };
export type LabLock = Place & { readonly request: UnlockRequest };

/** A sandbox and a store that outlive the processes which use them; the store may be used by one process at a time. */
export type CrashLab = {
  readonly sandbox: Sandbox;
  readonly startProcess: () => Promise<OtherProcess>;
  /** Opens the store in that process, where `person` is who asks. */
  readonly open: (process: OtherProcess, person?: string) => Promise<void>;
  /** Takes locks and gives what a page that shows them would send to unlock them. */
  readonly takeLocks: (count: number) => Promise<readonly LabLock[]>;
  /** Opens the store in this process for as long as the work takes. */
  readonly inspect: <T>(work: (ctx: Context) => Promise<T>) => Promise<T>;
  /** Lets the time pass after which no delete can still be on its way. */
  readonly skipDeadlines: () => void;
  readonly close: () => Promise<void>;
};

const MECHANISMS = ["s3", "dynamodb", "both"] as const;

export async function openCrashLab(options: { versioning?: "enabled" | "off" } = {}): Promise<CrashLab> {
  const sandbox = await startSandbox();
  // Time passes for AWS too, but not for the clock that its clients sign with.
  sandbox.setSkewRefused(false);
  sandbox.addAccount({ id: ACCOUNT_ID, name: "payments-prod" });
  sandbox.addAccessKey({ ...OWN_KEY, accountId: ACCOUNT_ID });
  for (const name of ROLES) sandbox.addRole({ accountId: ACCOUNT_ID, name, externalId: EXTERNAL_ID });
  sandbox.createBucket({
    accountId: ACCOUNT_ID,
    name: BUCKET,
    region: REGION,
    versioning: options.versioning ?? "off",
  });
  await sandbox.createTable({ accountId: ACCOUNT_ID, name: TABLE, region: REGION });

  // Time passes for AWS too, but not for the clock that its clients sign with.
  sandbox.setSkewRefused(false);

  const dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-crash-"));
  const server = await createServerDatabase();
  const url = server?.url ?? null;
  if (server === null) await copyEmbeddedTemplate(dataDir, MIGRATIONS_DIR, quietLog);

  let skippedMs = 0;
  let taken = 0;
  const inspect: CrashLab["inspect"] = async (work) => {
    const database = await openDatabase({ url, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
    try {
      const stores = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
      return await work(createTestContext({ endpoint: sandbox.s3Url, stores, skippedMs: () => skippedMs }));
    } finally {
      await database.close();
    }
  };
  return {
    sandbox,
    startProcess,
    open: (process, person = "riley") => process.open({ url, dataDir, endpoint: sandbox.s3Url, person }),
    inspect,
    async takeLocks(count) {
      const locks = Array.from({ length: count }, () => {
        taken += 1;
        const mechanism = MECHANISMS[taken % MECHANISMS.length] ?? "s3";
        return { stateKey: `crash/${taken}.tfstate`, mechanism };
      });
      for (const lock of locks) await hold(sandbox, lock);
      const shown = await inspect(async (ctx) => {
        await startScan(ctx, { sourceId: null }).done;
        return new Map((await listAllLocks(ctx)).map((lock) => [lock.stateKey, lock]));
      });
      return locks.map((lock) => {
        const found = shown.get(lock.stateKey);
        if (found === undefined) throw new Error(`${lock.stateKey} was not found`);
        const { key, lockId, fingerprint } = found;
        const reason = "the runner died, see the incident";
        return { ...lock, request: { key, lockId, fingerprint, reason, idempotencyKey: randomUUID() } };
      });
    },
    skipDeadlines: () => {
      skippedMs += 120_000;
      sandbox.setClockOffsetMs(skippedMs);
      sandbox.setClockOffsetMs(skippedMs);
    },
    close: async () => {
      await sandbox.close();
      await server?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function hold(sandbox: Sandbox, { stateKey, mechanism }: Place): Promise<void> {
  const body = lockText(randomUUID(), { path: `${BUCKET}/${stateKey}` });
  if (mechanism !== "dynamodb") sandbox.putObject(BUCKET, `${stateKey}.tflock`, body);
  if (mechanism === "s3") return;
  const item = { LockID: { S: `${BUCKET}/${stateKey}` }, Info: { S: body } };
  await sandbox.putItem(ACCOUNT_ID, REGION, TABLE, item);
}
