import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { AppError } from "#lib/services/errors.ts";
import type { Log } from "#lib/services/ports/context.ts";
import { grantApplicationRole, installJobTables } from "./application-role.ts";
import { createServerChanges } from "./change-feed.ts";
import type { Database } from "./database.ts";
import { toDatabaseError } from "./database-error.ts";
import { PrismaClient } from "./generated/client.ts";
import { applyMigrations, checkMigrations } from "./migrations.ts";
import { once } from "./once.ts";
import { withScripts } from "./schema-engine.ts";
import { createSharedLocks } from "./shared-locks.ts";

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 2_500;
const STATEMENT_TIMEOUT_MS = 15_000;
/** Whoever asks for an unlock knows within 3 s that a silent server is one. Sweeps and checks of the trail may take longer. */
const ANSWER_MS_MAX = 2_500;
const TRANSACTION_TIMEOUT_MS = 60_000;
const MIGRATION_WAIT_MS = 120_000;
/** Any fixed number: replicas that start at once take turns on it. */
const MIGRATION_LOCK = 5_625_255_381;
/** For pg_current_xact_id() in a trigger. */
const VERSION_MIN = 130_000;
const HINT = "Check that the PostgreSQL server named in DATABASE_URL runs, is reachable from here and accepts writes.";

/**
 * A PostgreSQL server, migrated under an advisory lock so that several replicas can start at once. With an owner's URL the
 * application's own role is left without any right to change what is on record.
 */
export async function openPostgres(options: {
  url: string;
  ownerUrl: string | null;
  migrationsDir: string;
  log: Log;
}): Promise<Database> {
  const { url, ownerUrl, migrationsDir, log } = options;
  try {
    await migrate({ url: ownerUrl ?? url, applicationUrl: ownerUrl === null ? null : url, migrationsDir, log });
    const pool = createPool(url, POOL_SIZE, STATEMENT_TIMEOUT_MS, log);
    const prisma = new PrismaClient({
      adapter: new PrismaPg(pool),
      errorFormat: "minimal",
      transactionOptions: { maxWait: CONNECT_TIMEOUT_MS * 2, timeout: TRANSACTION_TIMEOUT_MS },
    });
    const locks = createSharedLocks(url, log);
    const changes = createServerChanges(url, log);
    const database: Database = {
      kind: "postgresql",
      prisma,
      jobs: { connectionString: url, isInstalled: ownerUrl !== null },
      check: () => checkMigrations(prisma, migrationsDir, HINT),
      flush: async () => {},
      changes,
      holdLock: locks.hold,
      answerMsMax: ANSWER_MS_MAX,
      hint: HINT,
      close: once(async () => {
        await Promise.all([locks.close(), changes.close()]);
        await prisma.$disconnect();
        await pool.end();
      }),
    };
    return database;
  } catch (error) {
    throw toDatabaseError(error, "open", HINT);
  }
}

function createPool(url: string, max: number, statementTimeoutMs: number, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: "lockkeeper",
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // The client's own limit, for a server that went silent.
    ...(statementTimeoutMs > 0 ? { query_timeout: statementTimeoutMs + 5_000 } : {}),
    onConnect: async (client) => {
      await client.query(`SET synchronous_commit = on; SET statement_timeout = ${statementTimeoutMs}`);
    },
  });
  pool.on("error", (error) => log.warn({ cause: error.message }, "a connection to the database was lost"));
  return pool;
}

async function migrate(options: {
  url: string;
  applicationUrl: string | null;
  migrationsDir: string;
  log: Log;
}): Promise<void> {
  const { url, applicationUrl, migrationsDir, log } = options;
  const turn = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  turn.on("error", (error) => log.warn({ cause: error.message }, "the connection that migrates was lost"));
  await turn.connect();
  // One connection, so that whatever the engine sets or locks in its session holds for all of its statements.
  const pool = createPool(url, 1, 0, log);
  try {
    await refuseOldServer(turn);
    await turn.query(`SET lock_timeout = ${MIGRATION_WAIT_MS}`);
    await turn.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const adapter = withScripts(new PrismaPg(pool), (_, script) => pool.query(script));
    const applied = await applyMigrations(adapter, migrationsDir);
    if (applied.length > 0) log.info({ applied }, "brought the database up to date");
    if (applicationUrl === null) return;
    await installJobTables(url);
    const role = await grantApplicationRole(turn, applicationUrl);
    log.info({ role }, "the application's role may append to the records and nothing else");
  } finally {
    await pool.end();
    await turn.end();
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  if ((rows[0]?.version ?? 0) >= VERSION_MIN) return;
  throw new AppError("The PostgreSQL server is older than version 13.", {
    code: "unavailable",
    hint: "Point DATABASE_URL to PostgreSQL 13 or newer.",
  });
}
