import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { embeddedAdapterOf } from "./embedded-adapter.ts";
import { checkMigrations, diffSchema } from "./migrations.ts";
import { createServerDatabase, MIGRATIONS_DIR, quietLog } from "./testing/test-database.ts";

const isPostgres = process.env["LOCKKEEPER_TEST_DATABASE"] === "postgres";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-migrations-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function diff(migrationsDir: string): Promise<string | null> {
  const pglite = await PGlite.create();
  try {
    return await diffSchema(embeddedAdapterOf(pglite), migrationsDir);
  } finally {
    await pglite.close();
  }
}

test.runIf(!isPostgres)(
  "schema and migrations agree, and a difference would be noticed",
  async () => {
    await cp("prisma", join(folder, "prisma"), { recursive: true });
    const schema = await readFile("prisma/schema.prisma", "utf8");
    await writeFile(join(folder, "prisma/schema.prisma"), schema.replace('"sweeps_seen"', '"sweeps_seen_twice"'));
    expect(await diff(MIGRATIONS_DIR)).toBeNull();
    expect(await diff(join(folder, "prisma/migrations"))).toContain("sweeps_seen_twice");
  },
  180_000,
);

test.runIf(isPostgres)("replicas that start at once migrate a database once", async () => {
  const server = await createServerDatabase();
  if (server === null) throw new Error("no server");
  const options = { url: server.url, dataDir: folder, migrationsDir: MIGRATIONS_DIR, log: quietLog };
  const databases = await Promise.all([1, 2, 3].map(() => openDatabase(options)));
  for (const database of databases) await database.check();
  const names = await Promise.all(
    databases.map(async ({ prisma }) => {
      const rows = await prisma.$queryRaw<
        { name: string }[]
      >`SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1`;
      return rows.map(({ name }) => name);
    }),
  );
  expect(names).toEqual(databases.map(() => ["20261123000000_init", "20261123000001_guards"]));
  for (const database of databases) await database.close();
  await server.drop();
});

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

test.runIf(isPostgres)("a server that cannot be reached is unavailable, with what to check", async () => {
  const options = { dataDir: folder, migrationsDir: MIGRATIONS_DIR, log: quietLog };
  for (const url of ["postgres://nobody@127.0.0.1:1/none", "postgres://nobody@[::1]:1/none", "postgres://%zz"]) {
    await expect(openDatabase({ url, ...options })).rejects.toMatchObject({
      name: "AppError",
      code: "unavailable",
      hint: expect.stringContaining("DATABASE_URL"),
    });
  }
});
