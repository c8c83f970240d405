// How fast the trail grows and is checked: `npm run bench:audit`. Figures are of this machine; the ratio to plain commits of
// the same server in the same run is what can be compared.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { startPostgres } from "#scripts/postgres.mjs";

const WRITERS = [1, 8, 32];
const SECONDS = 5;
const EVENTS_TO_VERIFY = 50_000;
const quiet = () => undefined;

/** An event of about 600 bytes, as an outcome of one half is. */
function anEntry(index: number): AuditEntry {
  return {
    action: "unlock.outcome",
    actor: { kind: "person", name: "riley", authenticatedBy: "local" },
    atMs: Date.now(),
    requestId: `request-${index}`,
    unlockId: `unlock-${index}`,
    details: {
      account: "payments-prod",
      statePath: "acme/network.tfstate",
      outcome: "released",
      rawBase64: "QUJD".repeat(75),
    },
  };
}

async function rate(writers: number, write: (index: number) => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  const work = async () => {
    while (performance.now() - startedMs < SECONDS * 1000) {
      await write(count);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, work));
  return (count * 1000) / (performance.now() - startedMs);
}

const server = await startPostgres({ isDurable: true });
if (server === null) throw new Error("This benchmark needs PostgreSQL (initdb and postgres).");
const dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-bench-"));
const log = { info: quiet, warn: quiet, error: quiet };
const database = await openDatabase({ url: server.url, dataDir, migrationsDir: "prisma/migrations", log });
const pool = new pg.Pool({ connectionString: server.url, max: 32 });
try {
  const { audit } = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  await pool.query("CREATE TABLE plain (id bigserial PRIMARY KEY, body text)");
  const body = JSON.stringify(anEntry(0));
  for (const writers of WRITERS) {
    const plain = await rate(writers, () => pool.query("INSERT INTO plain (body) VALUES ($1)", [body]));
    const appends = await rate(writers, (index) => audit.append(anEntry(index)));
    report(
      `${writers} writers`,
      `${Math.round(appends)} appends/s, ${(appends / plain).toFixed(2)} of plain commits (${Math.round(plain)}/s)`,
    );
  }
  let { seq } = await audit.readHead();
  const fill = async () => {
    while (seq < EVENTS_TO_VERIFY) {
      seq += 1;
      await audit.append(anEntry(seq));
    }
  };
  await Promise.all(Array.from({ length: 8 }, fill));
  const verdict = await audit.verify();
  if (verdict.problem !== null) throw new Error(`Event ${verdict.problem.seq}: ${verdict.problem.message}`);
  report("check in the database", `${verdict.size} events in ${Math.round(verdict.durationMs)} ms`);
} finally {
  await pool.end();
  await database.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}

function report(name: string, figure: string): void {
  process.stdout.write(`${name}: ${figure}\n`);
}
