import { openDatabase } from "#lib/adapters/db/database.ts";
import { createJobQueue } from "#lib/adapters/db/job-queue.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { DEFAULT_SCAN_RULE } from "#lib/domain/scan-schedule.ts";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import { startScanSchedule } from "#lib/server/scan-schedule.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import type { ScanOrder } from "./scan-process.ts";

// Another replica, as far as the schedule needs one: the real jobs, services and adapters.

const STOP_MS = 750;

process.once("message", (order: ScanOrder) => void run(order));
process.on("disconnect", () => process.exit(0));

async function run({ url, dataDir, endpoint, buckets, everyMs, times }: ScanOrder): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const database = await openDatabase({ url, dataDir, migrationsDir: "prisma/migrations", log });
  const stores = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  const base = createTestContext({
    endpoint,
    stores,
    limits: { scanCallMs: 60_000, requestMs: 60_000, socketIdleMs: 60_000 },
  });
  const [first] = base.sources;
  if (first === undefined) throw new Error("the context has no source");
  const sources = buckets.map((name): Source => {
    const source = { ...first, kind: "s3" as const, name };
    return { ...source, id: formatSourceId({ ...source, account: first.account.name }) };
  });
  const ctx: Context = {
    ...base,
    sources,
    scanRuleOf: () => ({ ...DEFAULT_SCAN_RULE, everyMs }),
    counters: {
      ...base.counters,
      sweepEnded: (source, outcome) => {
        if (outcome === "ok") process.send?.({ kind: "swept", bucket: source.name });
      },
    },
  };
  const boss = createJobQueue(database);
  boss.on("error", () => undefined);
  await boss.start();
  const schedule = await startScanSchedule({ boss, sources, newContext: () => ctx, isAlone: false, times });
  process.on("SIGTERM", async () => {
    await schedule.stop(STOP_MS);
    await boss.stop({ graceful: true, timeout: 1_000 });
    process.exit(0);
  });
  process.send?.({ kind: "started" });
}
