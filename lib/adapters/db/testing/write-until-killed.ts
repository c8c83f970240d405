import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { sampleEntry, sampleUnlock } from "#lib/adapters/db/testing/samples.ts";
import { MIGRATIONS_DIR, quietLog } from "#lib/adapters/db/testing/test-database.ts";

// Opens the embedded database in the folder given, says so, and then writes record after record, each line of its output an
// id that the database had acknowledged. Ends only by a signal; with a refusal, its message is the only line.
const [dataDir = ""] = process.argv.slice(2);
try {
  const database = await openDatabase({ url: null, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  const { unlocks } = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  process.stdout.write("open\n");
  for (;;) {
    const unlock = sampleUnlock();
    await unlocks.begin(unlock, sampleEntry({ unlockId: unlock.id }), 0);
    process.stdout.write(`${unlock.id}\n`);
  }
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(1));
}
