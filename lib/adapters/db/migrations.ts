import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import type { MigrationList } from "@prisma/schema-engine-wasm";
import { AppError } from "#lib/services/errors.ts";
import { toDatabaseError } from "./database-error.ts";
import type { PrismaClient } from "./generated/client.ts";
import { openSchemaEngine } from "./schema-engine.ts";

const NO_FILTER = { externalTables: [], externalEnums: [] };

/** Applies what is missing of the migrations in a folder, and answers the names of what it applied. */
export async function applyMigrations(
  factory: SqlMigrationAwareDriverAdapterFactory,
  migrationsDir: string,
): Promise<readonly string[]> {
  const engine = await openSchemaEngine(factory, migrationsDir);
  try {
    const migrationsList = await readMigrations(migrationsDir);
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/** SQL that leads from what the migrations make to what schema.prisma says; null when they agree. */
export async function diffSchema(
  factory: SqlMigrationAwareDriverAdapterFactory,
  migrationsDir: string,
): Promise<string | null> {
  const engine = await openSchemaEngine(factory, migrationsDir);
  try {
    const path = join(migrationsDir, "..", "schema.prisma");
    const files = [{ path, content: await readFile(path, "utf8") }];
    const { exitCode, stdout } = await engine.diff({
      from: { tag: "migrations", ...(await readMigrations(migrationsDir)) },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    });
    return exitCode === 0 ? null : stdout;
  } finally {
    engine.free();
  }
}

/** Throws AppError `unavailable` unless the database answers and has every migration of the folder (it may have newer ones). */
export async function checkMigrations(prisma: PrismaClient, migrationsDir: string, hint: string): Promise<void> {
  let missing: readonly string[];
  try {
    const rows = await prisma.$queryRaw<{ name: string }[]>`
      SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    const applied = new Set(rows.map((row) => row.name));
    missing = (await listMigrationNames(migrationsDir)).filter((name) => !applied.has(name));
  } catch (error) {
    throw toDatabaseError(error, "answer", hint);
  }
  if (missing.length === 0) return;
  throw new AppError(`The database lacks ${missing.join(", ")}.`, {
    code: "unavailable",
    hint: "Restart Lockkeeper: it brings the database up to date when it starts.",
  });
}

/** Names of the migrations in a folder, oldest first. */
async function listMigrationNames(migrationsDir: string): Promise<readonly string[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).toSorted();
}

async function readMigrations(migrationsDir: string): Promise<MigrationList> {
  const names = await listMigrationNames(migrationsDir);
  const lockfile = { path: "migration_lock.toml", content: 'provider = "postgresql"\n' };
  const migrationDirectories = await Promise.all(
    names.map(async (name) => {
      const value = await readFile(join(migrationsDir, name, "migration.sql"), "utf8");
      return { path: name, migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value } } };
    }),
  );
  return { baseDir: migrationsDir, lockfile, shadowDbInitScript: "", migrationDirectories };
}
