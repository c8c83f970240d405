import { createHash, randomUUID } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "#lib/services/ports/context.ts";

const CACHE = "node_modules/.cache/lockkeeper";
const PGLITE = "node_modules/@electric-sql/pglite/package.json";

/** Fills a data folder with an empty migrated database, copied from one that is made once: making it takes seconds. */
export async function copyEmbeddedTemplate(dataDir: string, migrationsDir: string, log: Log): Promise<void> {
  const template = join(CACHE, `embedded-${await hashInputs(migrationsDir)}`);
  const names = await readdir(template).catch(() => null);
  if (names === null) await makeTemplate(template, migrationsDir, log);
  await cp(join(template, "database"), join(dataDir, "database"), { recursive: true });
}

async function makeTemplate(template: string, migrationsDir: string, log: Log): Promise<void> {
  // Only here, since whoever finds one made needs no database.
  const { openDatabase } = await import("#lib/adapters/db/database.ts");
  const draft = `${template}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  const database = await openDatabase({ url: null, dataDir: draft, migrationsDir, log });
  await database.close();
  // Whoever is first wins; all are alike.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
}

async function hashInputs(migrationsDir: string): Promise<string> {
  const hash = createHash("sha256").update(await readFile(PGLITE));
  for (const name of (await readdir(migrationsDir)).toSorted()) {
    if (name.endsWith(".toml")) continue;
    hash.update(name).update(await readFile(join(migrationsDir, name, "migration.sql")));
  }
  return hash.digest("hex").slice(0, 16);
}
