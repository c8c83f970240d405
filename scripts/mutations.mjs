import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Refusal, runMain } from "./child.mjs";
import { handOverToPinnedNode, ROOT } from "./installation.mjs";
import { MUTATIONS } from "./mutation-list.mjs";

const HELP = `Breaks each guard of the unlock path on purpose, in a copy of the tree, and runs the tests that must notice.

  npm run test:mutations                    all of them
  npm run test:mutations -- --only 3,7      some of them
  npm run test:mutations -- --list          their numbers

Exit code: 0 every broken guard was noticed · 1 one was not, or the copy does not pass as it is
`;

const CLIENT = "lib/adapters/db/generated";
const RUN_MS_MAX = 300_000;
const PROJECTS = ["unit", "integration-embedded"].flatMap((name) => ["--project", name]);

let running = null;
let isInterrupted = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    isInterrupted = true;
    running?.kill("SIGTERM");
  });
}

await runMain(async () => {
  const exitCode = await handOverToPinnedNode();
  if (exitCode !== false) return exitCode;
  const { values } = parseArgs({
    options: { list: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return print(HELP);
  const chosen = choose(values.only);
  if (values.list) return print(chosen.map(({ number, what }) => `${formatNumber(number)}  ${what}\n`).join(""));

  const { generateClientWhenStale } = await import("./generate-client.mjs");
  await generateClientWhenStale();
  const copy = mkdtempSync(join(tmpdir(), "lockkeeper-mutations-"));
  try {
    copyTree(copy);
    return await checkAll(copy, chosen);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

function choose(only) {
  const numbered = MUTATIONS.map((mutation, index) => ({ ...mutation, number: index + 1 }));
  if (only === undefined) return numbered;
  const numbers = new Set(only.split(",").map(Number));
  const chosen = numbered.filter(({ number }) => numbers.has(number));
  if (chosen.length !== numbers.size) throw new Refusal(`--only takes numbers from 1 to ${MUTATIONS.length}.`);
  return chosen;
}

/** Everything that is or could be committed, with the generated client, and the installed packages by a link. */
function copyTree(copy) {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 }).split("\0");
  for (const file of files) {
    if (file === "" || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  cpSync(join(ROOT, CLIENT), join(copy, CLIENT), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
}

async function checkAll(copy, chosen) {
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  print(`${tests.length} test files on the code as it is … `);
  const unbroken = await runTests(copy, tests, { isUntilFirst: false });
  if (unbroken.exitCode !== 0) {
    print("failed\n");
    throw new Refusal(`The copy does not pass as it is, so it can prove nothing.\n${unbroken.output}`);
  }
  print("passed\n\n");
  const survivors = [];
  for (const mutation of chosen) {
    const startedMs = performance.now();
    const verdict = await check(copy, mutation);
    if (isInterrupted) throw new Refusal("Interrupted.");
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
    print(`${formatNumber(mutation.number)}  ${verdict.word.padEnd(9)} ${seconds} s  ${mutation.what}\n`);
    print(`${" ".repeat(24)}${verdict.by}\n`);
    if (verdict.word !== "noticed") survivors.push(mutation);
  }
  print(`\nmutations: ${chosen.length - survivors.length} noticed, ${survivors.length} not\n`);
  return survivors.length === 0 ? 0 : 1;
}

/** Noticed is what a test fails for; code that does not even load proves nothing. */
async function check(copy, { edits, tests }) {
  const files = [...new Set(edits.map(({ file }) => file))];
  const originals = files.map((file) => [join(copy, file), readFileSync(join(copy, file), "utf8")]);
  try {
    for (const { file, find, replace } of edits) {
      const path = join(copy, file);
      const text = readFileSync(path, "utf8");
      if (text.split(find).length !== 2) return { word: "MISFIT", by: `${file} does not have exactly once: ${find}` };
      writeFileSync(
        path,
        text.replace(find, () => replace),
      );
    }
    const { exitCode, failed, isTimedOut, output } = await runTests(copy, tests, { isUntilFirst: true });
    if (failed !== null) return { word: "noticed", by: failed };
    if (isTimedOut) return { word: "ENDLESS", by: `${tests.join(", ")} did not end` };
    return exitCode === 0 ? { word: "SURVIVED", by: tests.join(", ") } : { word: "BROKEN", by: output.slice(-2_000) };
  } finally {
    for (const [path, text] of originals) writeFileSync(path, text);
  }
}

async function runTests(copy, tests, { isUntilFirst }) {
  const report = join(copy, "mutation-report.json");
  rmSync(report, { force: true });
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=json", `--outputFile.json=${report}`, "--reporter=dot"];
  const bail = isUntilFirst ? ["--bail=1"] : [];
  const child = spawn(process.execPath, [vitest, "run", ...reporters, ...bail, ...PROJECTS, ...tests], {
    cwd: copy,
    env: testEnv(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      output += text;
    });
  }
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    child.kill("SIGKILL");
  }, RUN_MS_MAX);
  const exitCode = await new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  clearTimeout(timer);
  running = null;
  return { exitCode, isTimedOut, output, failed: readFirstFailure(report) };
}

function readFirstFailure(report) {
  if (!existsSync(report)) return null;
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return tests.find(({ status }) => status === "failed")?.fullName ?? null;
}

/** As the tests' own script: settings of whoever runs it stay out. */
function testEnv() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|LOCKKEEPER_|TF_)|^(NODE_ENV|DATABASE_URL)$/.test(name),
  );
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: "true" };
}

function formatNumber(number) {
  return String(number).padStart(3);
}

function print(text) {
  process.stdout.write(text);
  return 0;
}
