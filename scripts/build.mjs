import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Refusal, runChild, runMain } from "./child.mjs";
import { generateClientWhenStale } from "./generate-client.mjs";
import { ROOT } from "./installation.mjs";
import { refuseBelowFloors } from "./security-floors.mjs";

export const NEXT = join(ROOT, "node_modules", "next", "dist", "bin", "next");

// next.config.ts reads the same variable.
const STAMP = join(ROOT, process.env.LOCKKEEPER_DIST_DIR ?? ".next", "lockkeeper-sources");
const SOURCES = [
  "{app,components,lib,prisma,public,sandbox}/**/*.*",
  "{instrumentation,instrumentation-client,proxy,next.config}.ts",
  "{postcss.config.mjs,prisma.config.ts,tsconfig.json,package.json,package-lock.json}",
];

/** Builds the product unless .next already holds a build of exactly these sources; never on packages known to be unsafe. */
export async function buildWhenStale() {
  refuseBelowFloors();
  await generateClientWhenStale();
  const hash = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash) return;
  rmSync(STAMP, { force: true });
  process.stdout.write("Building …\n");
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const code = await runChild(process.execPath, [NEXT, "build"], { cwd: ROOT, env });
  if (code !== 0) throw new Refusal(`next build failed with exit code ${code}. Its message is above.`);
  writeFileSync(STAMP, hash);
}

function hashOfSources() {
  const files = globSync(SOURCES, { cwd: ROOT }).filter((file) => !/\.(test|bench)\.tsx?$/.test(file));
  const hash = createHash("sha256");
  for (const file of files.sort())
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(ROOT, file)))
      .update("\0");
  return hash.digest("hex");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await runMain(buildWhenStale);
