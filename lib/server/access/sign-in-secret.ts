import "server-only";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AppError } from "#lib/services/errors.ts";

const FILE = "sign-in-secret";
const LENGTH_MIN = 32;

/**
 * The secret that signs cookies: the given one, or one kept beside the embedded database, which is made on first use. Processes
 * that share a server must share it, so there it must be given: else AppError `unavailable`.
 */
export function loadSignInSecret(input: {
  readonly given: string | undefined;
  readonly database: "embedded" | "postgresql";
  readonly dataDir: string;
}): string {
  if (input.given !== undefined) return input.given;
  if (input.database === "postgresql") {
    throw new AppError("LOCKKEEPER_SECRET is not set.", {
      code: "unavailable",
      hint: "With PostgreSQL every process must have the same one. Make it with: openssl rand -base64 48",
    });
  }
  const file = path.join(input.dataDir, FILE);
  try {
    writeFileSync(file, `${randomBytes(48).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length >= LENGTH_MIN) return secret;
  throw new AppError(`${file} does not hold a secret.`, {
    code: "unavailable",
    hint: "Remove it: the next start makes another one, and everybody signs in again.",
  });
}
