import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { copyEmbeddedTemplate } from "#lib/adapters/db/testing/embedded-template.ts";
import { killWriter, killWriters, startWriter } from "#lib/adapters/db/testing/killed-writers.ts";
import { MIGRATIONS_DIR, quietLog } from "#lib/adapters/db/testing/test-database.ts";

const ID_LENGTH = 36;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-two-"));
  await copyEmbeddedTemplate(dataDir, MIGRATIONS_DIR, quietLog);
});
afterEach(async () => {
  await killWriters();
  await rm(dataDir, { recursive: true, force: true });
});

test("F29: a second process on one embedded database refuses to start and names the first, which loses nothing", async () => {
  const first = await startWriter(dataDir);
  expect(first.firstLine).toBe("open");

  const others = await Promise.all([startWriter(dataDir), startWriter(dataDir)]);
  const acknowledged: string[] = [];
  while (acknowledged.length < 20) {
    const { value } = await first.lines.next();
    acknowledged.push(value);
  }
  await killWriter(first.child);
  for await (const line of { [Symbol.asyncIterator]: () => first.lines })
    if (line.length === ID_LENGTH) acknowledged.push(line);

  for (const { firstLine } of others)
    expect(firstLine).toMatch(`refused: Process ${first.child.pid} already uses the embedded database`);
  const database = await openDatabase({ url: null, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  const { unlocks, audit } = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  const stored = new Set((await unlocks.list({ limit: 1_000_000 })).map(({ id }) => id));
  const verdict = await audit.verify();
  await database.close();
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(verdict).toMatchObject({ problem: null, size: stored.size });
});
