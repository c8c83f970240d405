import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Database, openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores, type Stores } from "#lib/adapters/db/stores.ts";
import { copyEmbeddedTemplate } from "#lib/adapters/db/testing/embedded-template.ts";

export type TestDatabase = {
  readonly database: Database;
  readonly stores: Stores;
  readonly dataDir: string;
  /** Null for the embedded database. */
  readonly url: string | null;
  readonly close: () => Promise<void>;
};

export const MIGRATIONS_DIR = "prisma/migrations";
const quiet = () => {};
export const quietLog = { info: quiet, warn: quiet, error: quiet };

/**
 * An empty, migrated database of one's own: embedded, or on the server LOCKKEEPER_TEST_POSTGRES_URL names when
 * LOCKKEEPER_TEST_DATABASE is `postgres`. Open it once per test file. `via` may lead the connections to the server elsewhere.
 */
export async function openTestDatabase(
  options: { via?: ((url: string) => Promise<string>) | undefined } = {},
): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-test-"));
  const server = await createServerDatabase();
  const url = server?.url ?? null;
  if (server === null) await copyEmbeddedTemplate(dataDir, MIGRATIONS_DIR, quietLog);
  const connectUrl = url === null ? null : ((await options.via?.(url)) ?? url);
  const database = await openDatabase({ url: connectUrl, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  const stores = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  return {
    database,
    stores,
    dataDir,
    url,
    close: async () => {
      await database.close();
      await server?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A new database on the test server, or null when the embedded one is meant. */
export async function createServerDatabase(): Promise<{ url: string; drop: () => Promise<void> } | null> {
  if (process.env["LOCKKEEPER_TEST_DATABASE"] !== "postgres") return null;
  const server = process.env["LOCKKEEPER_TEST_POSTGRES_URL"];
  if (server === undefined)
    throw new Error("LOCKKEEPER_TEST_POSTGRES_URL must name a PostgreSQL server for these tests.");
  const name = `lockkeeper_test_${randomUUID().replaceAll("-", "")}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
