import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { createServerDatabase, MIGRATIONS_DIR, quietLog } from "./testing/test-database.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-migrations-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("replicas that start at once migrate a database once", async () => {
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
  const all = (await readdir(MIGRATIONS_DIR)).filter((name) => /^\d+_/.test(name)).toSorted();
  expect(all.length).toBeGreaterThan(1);
  expect(names).toEqual(databases.map(() => all));
  for (const database of databases) await database.close();
  await server.drop();
});

test("a server that cannot be reached is unavailable, with what to check", async () => {
  const options = { dataDir: folder, migrationsDir: MIGRATIONS_DIR, log: quietLog };
  for (const url of ["postgres://nobody@127.0.0.1:1/none", "postgres://nobody@[::1]:1/none", "postgres://%zz"]) {
    await expect(openDatabase({ url, ...options })).rejects.toMatchObject({
      name: "AppError",
      code: "unavailable",
      hint: expect.stringContaining("DATABASE_URL"),
    });
  }
});
