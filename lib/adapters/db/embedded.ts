import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { Log } from "#lib/services/ports/context.ts";
import { createLocalChanges } from "./change-feed.ts";
import type { Database } from "./database.ts";
import { toDatabaseError } from "./database-error.ts";
import { createDiskFlush } from "./disk-flush.ts";
import { embeddedAdapterOf } from "./embedded-adapter.ts";
import { lockFolder } from "./folder-lock.ts";
import { PrismaClient } from "./generated/client.ts";
import { applyMigrations, checkMigrations } from "./migrations.ts";
import { once } from "./once.ts";

/** There is one connection, so whoever comes second waits for the first. */
const TURN_TIMEOUT_MS = 30_000;
const TRANSACTION_TIMEOUT_MS = 60_000;

/** A database in files of this folder, for this process alone. */
export async function openEmbedded(options: { dataDir: string; migrationsDir: string; log: Log }): Promise<Database> {
  const { dataDir, migrationsDir, log } = options;
  const hint = `Check that there is room on the disk and that ${dataDir} may be written.`;
  let undo = async (): Promise<void> => {};
  try {
    const folder = join(dataDir, "database");
    const lock = await lockFolder(join(dataDir, "database.lock"));
    undo = lock.release;
    const pglite = await PGlite.create(folder);
    undo = async () => {
      await pglite.close();
      await lock.release();
    };
    const applied = await applyMigrations(embeddedAdapterOf(pglite), migrationsDir);
    if (applied.length > 0) log.info({ applied }, "brought the embedded database up to date");
    const prisma = new PrismaClient({
      adapter: embeddedAdapterOf(pglite),
      errorFormat: "minimal",
      transactionOptions: { maxWait: TURN_TIMEOUT_MS, timeout: TRANSACTION_TIMEOUT_MS },
    });
    const flush = createDiskFlush(folder, log);
    await flush();
    const close = undo;
    return {
      kind: "embedded",
      prisma,
      jobs: { pglite },
      check: () => checkMigrations(prisma, migrationsDir, hint),
      flush,
      changes: createLocalChanges(log),
      holdLock: null,
      answerMsMax: null,
      hint,
      close: once(async () => {
        await prisma.$disconnect();
        await close();
      }),
    };
  } catch (error) {
    await undo().catch((cause: unknown) => log.warn({ cause: String(cause) }, "could not close the embedded database"));
    throw toDatabaseError(error, "open", hint);
  }
}
