import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { checkMigrations } from "./migrations.ts";
import { createServerDatabase, MIGRATIONS_DIR, quietLog } from "./testing/test-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-migrations-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a database that lacks a migration of this version is not ready", async () => {
  const server = await createServerDatabase();
  const migrationsDir = join(folder, "newer");
  await cp(MIGRATIONS_DIR, migrationsDir, { recursive: true });
  const database = await openDatabase({
    url: server?.url ?? null,
    dataDir: folder,
    migrationsDir: MIGRATIONS_DIR,
    log: quietLog,
  });
  await cp(join(migrationsDir, "20261123000001_guards"), join(migrationsDir, "20991231000000_later"), {
    recursive: true,
  });
  await database.check();
  await expect(checkMigrations(database.prisma, migrationsDir, "")).rejects.toThrow("lacks 20991231000000_later");
  await database.close();
  await server?.drop();
});
