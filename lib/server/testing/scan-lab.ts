import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { createServerDatabase, MIGRATIONS_DIR, quietLog } from "#lib/adapters/db/testing/test-database.ts";
import { ACCOUNT_ID, EXTERNAL_ID, OWN_KEY, REGION, ROLES } from "#lib/services/testing/test-context.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { killScanProcesses, type ScanOrder, type ScanProcess, startScanProcess } from "./scan-process.ts";

/** Buckets, and replicas that look at them over one PostgreSQL server. */
export type ScanLab = {
  readonly sandbox: Sandbox;
  readonly buckets: readonly string[];
  readonly start: (over?: Partial<ScanOrder>) => Promise<ScanProcess>;
  /** The most listings of one bucket that were open at once. */
  readonly openMax: () => number;
  /** Listings so far, by bucket. */
  readonly listed: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
};

export async function openScanLab(bucketCount: number): Promise<ScanLab> {
  const server = await createServerDatabase();
  if (server === null) throw new Error("replicas need a PostgreSQL server");
  const dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-scan-"));
  // The tables and the key are there before two processes want them at once.
  const database = await openDatabase({ url: server.url, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  await database.close();
  const sandbox = await startSandbox();
  sandbox.addAccount({ id: ACCOUNT_ID, name: "payments-prod" });
  sandbox.addAccessKey({ ...OWN_KEY, accountId: ACCOUNT_ID });
  for (const name of ROLES) sandbox.addRole({ accountId: ACCOUNT_ID, name, externalId: EXTERNAL_ID });
  const buckets = Array.from({ length: bucketCount }, (_, index) => `tfstate-${index}`);
  for (const name of buckets) sandbox.createBucket({ accountId: ACCOUNT_ID, name, region: REGION });

  const open = new Map<string, number>();
  const listed = new Map<string, number>();
  let openMax = 0;
  sandbox.onRequest(async ({ operation, bucket }, phase) => {
    if (operation !== "ListObjectsV2" || bucket === null) return;
    const now = (open.get(bucket) ?? 0) + (phase === "before" ? 1 : -1);
    open.set(bucket, now);
    openMax = Math.max(openMax, now);
    if (phase === "before") listed.set(bucket, (listed.get(bucket) ?? 0) + 1);
  });
  return {
    sandbox,
    buckets,
    listed,
    openMax: () => openMax,
    start: (over = {}) =>
      startScanProcess({
        url: server.url,
        dataDir,
        endpoint: sandbox.s3Url,
        buckets,
        everyMs: 1_000,
        times: { pollMs: 100, heartbeatSeconds: 10 },
        ...over,
      }),
    async close() {
      killScanProcesses();
      await sandbox.close();
      await server.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
