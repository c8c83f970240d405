import { rotateKeyFile } from "#lib/adapters/db/signing-key.ts";
import { parseEnv, readVariables } from "#lib/server/env.ts";
import { AppError } from "#lib/services/errors.ts";

/** Changes the signing key of the data folder for a new one; the next start puts the change on the trail. */
async function main(): Promise<number> {
  const parsed = parseEnv(readVariables());
  if (!parsed.ok) return refuse(parsed.problems.join("\n"));
  const { auditKey, auditKeyFile, dataDir } = parsed.env;
  if (auditKey !== undefined || auditKeyFile !== undefined) {
    return refuse(
      "The signing key is given by LOCKKEEPER_AUDIT_KEY or LOCKKEEPER_AUDIT_KEY_FILE, so it is changed there: keep the old key " +
        "in a file, name that in LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE, give the new key, and restart Lockkeeper.",
    );
  }
  try {
    const { oldKeyId, newVkey, previousPath } = await rotateKeyFile(dataDir);
    process.stdout.write(`${newVkey}\n
That is the new public key; key ${oldKeyId} is kept in ${previousPath}.
Restart Lockkeeper: it goes on signing with ${oldKeyId} until then, and begins the new key with an event that both keys sign.
Then give the new public key to whoever verifies, and remove ${previousPath}.\n`);
    return 0;
  } catch (error) {
    return refuse(error instanceof AppError ? `${error.message} ${error.hint}` : String(error));
  }
}

function refuse(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

process.exitCode = await main();
