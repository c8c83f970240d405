import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embeddedAdapterOf } from "./embedded-adapter.ts";
import { diffSchema } from "./migrations.ts";
import { MIGRATIONS_DIR } from "./testing/test-database.ts";

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

test("schema and migrations agree, and a difference would be noticed", async () => {
  await cp("prisma", join(folder, "prisma"), { recursive: true });
  const schema = await readFile("prisma/schema.prisma", "utf8");
  await writeFile(join(folder, "prisma/schema.prisma"), schema.replace('"sweeps_seen"', '"sweeps_seen_twice"'));
  expect(await diff(MIGRATIONS_DIR)).toBeNull();
  expect(await diff(join(folder, "prisma/migrations"))).toContain("sweeps_seen_twice");
}, 180_000);
