import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild, runMain } from "./child.mjs";
import { handOverToPinnedNode, ROOT } from "./installation.mjs";
import { findMemoryFolder } from "./memory-folder.mjs";
import {
  FAILED,
  formatFailures,
  formatTally,
  nameFailures,
  PASSED,
  readPlaywrightReport,
  readVitestReport,
  SKIPPED,
  sumTallies,
} from "./test-tally.mjs";

const isCi = process.env.CI === "true";
const isSoak = process.argv.includes("--soak");
const MODULES = join(ROOT, "node_modules");
const BIOME = join(MODULES, ".bin", "biome");
const VITEST = join(MODULES, "vitest", "vitest.mjs");
const NEXT = join(MODULES, "next", "dist", "bin", "next");
const PLAYWRIGHT = join(MODULES, "@playwright", "test", "cli.js");

const tallies = [];
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    isInterrupted = true;
  });
}

await runMain(async () => {
  const exitCode = await handOverToPinnedNode();
  if (exitCode !== false) return exitCode;

  // For reports and for all that tests write; what a killed test left goes with it.
  const scratch = mkdtempSync(join(findMemoryFolder() ?? tmpdir(), "lockkeeper-tests-"));
  // PostgreSQL refuses to run as root, so whoever it runs as must come through to its own folder.
  chmodSync(scratch, 0o711);
  try {
    await (isSoak ? runSoak(scratch) : runEverything(scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (isInterrupted) process.stdout.write("Interrupted: the rest did not run.\n");
  const sum = sumTallies(tallies);
  process.stdout.write(`\n${[formatFailures(sum), formatTally(sum)].filter(Boolean).join("\n")}\n`);
  return sum.failed > 0 || isInterrupted ? 1 : 0;
});

async function runEverything(scratch) {
  const { generateClientWhenStale } = await import("./generate-client.mjs");
  await step("Prisma client", () => countErrors(generateClientWhenStale));
  await step("lint and format", () =>
    countRun(BIOME, ["ci", "--error-on-warnings", `--colors=${process.stdout.isTTY ? "force" : "off"}`, "."]),
  );
  await step("types", typecheck);
  await withPostgres((postgresUrl) =>
    step("unit and integration tests", () =>
      runVitest(scratch, postgresUrl ? [] : ["!integration-postgres"], postgresUrl),
    ),
  );
  const { buildWhenStale } = await import("./build.mjs");
  const built = await step("build", () => countErrors(buildWhenStale));
  if (built?.failed === 0) await step("browser tests", () => runPlaywright(scratch));
}

async function runSoak(scratch) {
  const { generateClientWhenStale } = await import("./generate-client.mjs");
  await generateClientWhenStale();
  await withPostgres((postgresUrl) => step("soak tests", () => runVitest(scratch, ["soak"], postgresUrl)));
}

/** Runs one step, counts it, and says how long it took. After Ctrl-C no further step starts. */
async function step(name, run) {
  if (isInterrupted) return;
  process.stdout.write(`\n── ${name}\n`);
  const startedMs = performance.now();
  const tally = await run();
  tallies.push(nameFailures(tally, name));
  process.stdout.write(`── ${name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  return tally;
}

async function countErrors(run) {
  try {
    await run();
    return PASSED;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return FAILED;
  }
}

async function countRun(command, args) {
  return (await runChild(command, args, { cwd: ROOT, env: testEnv() })) === 0 ? PASSED : FAILED;
}

async function typecheck() {
  const generated = await countRun(process.execPath, [NEXT, "typegen"]);
  if (generated.failed > 0) return generated;
  return countRun(join(MODULES, ".bin", "tsc"), ["--noEmit"]);
}

async function withPostgres(run) {
  const { startPostgres } = await import("./postgres.mjs");
  const server = await startPostgres().catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    return null;
  });
  if (!server)
    missing("PostgreSQL", "Install PostgreSQL (initdb and postgres on PATH) to run the integration suite on it.");
  try {
    await run(server?.url);
  } finally {
    await server?.stop();
  }
}

async function runVitest(scratch, projects, postgresUrl) {
  const report = join(scratch, "vitest.json");
  // Without a name every project runs but the soak, which has its own command.
  const chosen = projects.length > 0 && !projects[0].startsWith("!") ? projects : ["!soak", ...projects];
  const args = ["run", "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  const env = testEnv({ TMPDIR: scratch, ...(postgresUrl && { LOCKKEEPER_TEST_POSTGRES_URL: postgresUrl }) });
  const exitCode = await runChild(
    process.execPath,
    [VITEST, ...args, ...chosen.flatMap((project) => ["--project", project])],
    { cwd: ROOT, env },
  );
  return readVitestReport(report, exitCode);
}

async function runPlaywright(scratch) {
  const { findOrInstallChromium } = await import("./chromium.mjs");
  const chromium = findOrInstallChromium();
  if (!chromium) {
    missing("Chromium", "Install Chromium or Chrome, or name one in LOCKKEEPER_CHROMIUM, to run the browser tests.");
    return sumTallies([]);
  }
  if (spawnSync("terraform", ["version"], { stdio: "ignore" }).status !== 0) {
    missing("Terraform", "Put terraform on PATH to run the tests against the real binary.");
  }
  const report = join(scratch, "playwright.json");
  const env = testEnv({ TMPDIR: scratch, LOCKKEEPER_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  const exitCode = await runChild(process.execPath, [PLAYWRIGHT, "test", "--reporter=list,json"], { cwd: ROOT, env });
  return readPlaywrightReport(report, exitCode);
}

/** What a test needs and this machine lacks: a failure in CI, elsewhere a skip that says what to do. */
function missing(what, advice) {
  process.stderr.write(`${what} was not found. ${advice}\n`);
  tallies.push(isCi ? nameFailures(FAILED, `${what} was not found`) : SKIPPED);
}

/** The person's own AWS credentials, database and settings stay out of the tests. */
function testEnv(added = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|LOCKKEEPER_(?!DIST_DIR$)|TF_)|^(NODE_ENV|DATABASE_URL|PORT|PUBLIC_URL|LOG_LEVEL)$/.test(name),
  );
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: "true", NEXT_TELEMETRY_DISABLED: "1", ...added };
}
