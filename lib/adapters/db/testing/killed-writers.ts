import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { copyEmbeddedTemplate } from "#lib/adapters/db/testing/embedded-template.ts";
import { MIGRATIONS_DIR, quietLog } from "#lib/adapters/db/testing/test-database.ts";
import { verifyTrail } from "#lib/adapters/db/testing/verify-trail.ts";
import type { TrailVerdict } from "#scripts/audit-verify.mjs";

const SCRIPT = "lib/adapters/db/testing/write-until-killed.ts";
const children = new Set<ChildProcess>();

type Writer = { readonly child: ChildProcess; readonly lines: AsyncIterator<string> };

/** Another process that opens the embedded database of a folder; its first line says whether it could. */
export async function startWriter(dataDir: string): Promise<Writer & { readonly firstLine: string }> {
  const child = spawn(process.execPath, [SCRIPT, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  if (child.stdout === null) throw new Error("the writer has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, lines, firstLine: await nextLine({ child, lines }) };
}

async function nextLine({ lines }: Writer): Promise<string> {
  const { value, done } = await lines.next();
  return done === true ? "ended" : value;
}

export async function killWriter(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

export async function killWriters(): Promise<void> {
  for (const child of children) await killWriter(child);
}

/** Kills a writer at a random record, over and over on one database, and tells what is missing of what was acknowledged. */
export async function killRepeatedly(
  dataDir: string,
  rounds: number,
): Promise<{ readonly acknowledged: number; readonly lost: readonly string[]; readonly trail: TrailVerdict }> {
  await copyEmbeddedTemplate(dataDir, MIGRATIONS_DIR, quietLog);
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const writer = await startWriter(dataDir);
    if (writer.firstLine !== "open") throw new Error(`round ${round}: ${writer.firstLine}`);
    const count = 1 + Math.floor(Math.random() * 30);
    for (let index = 0; index < count; index += 1) acknowledged.push(await nextLine(writer));
    await killWriter(writer.child);
    // What was printed before the end counts as acknowledged too; the last line may be cut.
    for (let line = await nextLine(writer); line !== "ended"; line = await nextLine(writer)) {
      if (line.length === 36) acknowledged.push(line);
    }
  }
  const database = await openDatabase({ url: null, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  const { unlocks, audit } = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  const stored = new Set((await unlocks.list({ limit: 1_000_000 })).map(({ id }) => id));
  const lines = (await audit.readLines({ afterSeq: 0, limit: 1_000_000 })).map(({ line }) => line);
  const trail = await verifyTrail(lines, await audit.listPublicKeys());
  await database.close();
  return { acknowledged: acknowledged.length, lost: acknowledged.filter((id) => !stored.has(id)), trail };
}
