import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Refusal, runChild, runMain } from "./child.mjs";
import { ROOT } from "./installation.mjs";

const SCHEMA = join(ROOT, "prisma", "schema.prisma");
const GENERATED = join(ROOT, "lib", "adapters", "db", "generated");
const STAMP = join(GENERATED, ".schema-hash");

/** Writes the Prisma client anew when the schema or Prisma itself changed since it was last written. */
export async function generateClientWhenStale() {
  const hash = hashOf([SCHEMA, join(ROOT, "node_modules", "prisma", "package.json")]);
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash) return;
  // `generate` insists on a native engine that it never starts: any existing file will do, and nothing is downloaded.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1" };
  const prisma = join(ROOT, "node_modules", "prisma", "build", "index.js");
  const code = await runChild(process.execPath, [prisma, "generate"], { cwd: ROOT, env });
  if (code !== 0) throw new Refusal(`prisma generate failed with exit code ${code}. Its message is above.`);
  writeFileSync(STAMP, hash);
}

function hashOf(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runMain(generateClientWhenStale);
