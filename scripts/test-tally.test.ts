import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./installation.mjs";
import {
  FAILED,
  formatFailures,
  formatTally,
  nameFailures,
  PASSED,
  readPlaywrightReport,
  readVitestReport,
  sumTallies,
} from "./test-tally.mjs";

const VITEST = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };
const PLAYWRIGHT = { stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 2 }, errors: [] };
const BROKEN_FILE = {
  name: join(ROOT, "lib/broken.test.ts"),
  status: "failed",
  message: "no such module\nat line 1",
  assertionResults: [],
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "test-tally-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a run that passed counts as its reports say, and the last line adds them up", () => {
  const sum = sumTallies([readVitestReport(report(VITEST), 0), readPlaywrightReport(report(PLAYWRIGHT), 0)]);

  expect(formatTally(sum)).toBe("tests: 8 passed, 0 failed, 3 skipped");
});

test.each([
  { broken: "Vitest wrote no report", tally: () => readVitestReport(join(folder, "missing.json"), 1) },
  { broken: "Vitest ended badly although no test failed", tally: () => readVitestReport(report(VITEST), 1) },
  {
    broken: "Vitest ran nothing at all",
    tally: () => readVitestReport(report({ ...VITEST, numPassedTests: 0, numPendingTests: 0 }), 0),
  },
  {
    broken: "a test file could not be loaded",
    tally: () => readVitestReport(report({ ...VITEST, testResults: [BROKEN_FILE] }), 1),
  },
  { broken: "Playwright wrote half a report", tally: () => readPlaywrightReport(report("{"), 0) },
  {
    broken: "Playwright failed outside every test",
    tally: () => readPlaywrightReport(report({ ...PLAYWRIGHT, errors: [{}] }), 1),
  },
  {
    broken: "a browser test passed only on a second attempt",
    tally: () => readPlaywrightReport(report({ ...PLAYWRIGHT, stats: { ...PLAYWRIGHT.stats, flaky: 1 } }), 0),
  },
])("$broken: one failure", ({ tally }) => {
  expect(tally().failed).toBe(1);
});

test("the names of what failed are said again at the end, one a line and without colours", () => {
  const red = "\u001b[31mexpected 1\u001b[39m\n    at line 5";
  const assertionResults = [
    { fullName: "adds up", status: "passed", failureMessages: [] },
    { fullName: "never twice\nin a \u202erow", status: "failed", failureMessages: [red] },
  ];
  const file = { name: join(ROOT, "lib/x.test.ts"), status: "failed", message: "", assertionResults };
  const spec = (title: string, status: string) => ({
    file: "x.spec.ts",
    title,
    tests: [{ status, results: status === "expected" ? [{}] : [{}, { error: { message: "timed out\nwaiting" } }] }],
  });
  const inner = { specs: [spec("shows it", "unexpected"), spec("fine", "expected"), spec("twice", "flaky")] };
  const playwright = {
    stats: { ...PLAYWRIGHT.stats, unexpected: 1, flaky: 1 },
    errors: [{ message: "no browser" }],
    suites: [{ suites: [inner] }],
  };

  const sum = sumTallies([
    nameFailures(PASSED, "types"),
    nameFailures(FAILED, "lint and format"),
    readVitestReport(report({ ...VITEST, numFailedTests: 1, testResults: [file, BROKEN_FILE] }), 1),
    readPlaywrightReport(report(playwright), 1),
  ]);

  expect(formatFailures(sum).split("\n")).toEqual([
    "failed:",
    "  lint and format",
    "  lib/x.test.ts › never twice in a row: expected 1",
    "  lib/broken.test.ts: no such module",
    "  x.spec.ts › shows it: timed out",
    "  x.spec.ts › twice: timed out",
    "  no browser",
  ]);
  expect(sum.failed).toBe(6);
});

test("a crash after the last test goes by the name of its step, also beside failures with a name", () => {
  const crashed = nameFailures(readVitestReport(join(folder, "missing.json"), 1), "unit and integration tests");
  const named = { ...FAILED, failed: 2, failures: ["x"] };

  expect(crashed.failures).toEqual(["unit and integration tests"]);
  expect(nameFailures(named, "browser tests").failures).toEqual(["x", "browser tests"]);
});

test("of many failures 20 are named and the others counted, and nothing is said when there are none", () => {
  const failures = Array.from({ length: 23 }, (_, index) => `test ${index} ${"x".repeat(1_000)}`);
  const lines = formatFailures({ ...FAILED, failures }).split("\n");

  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe("  and 3 more");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(400);
  expect(formatFailures(PASSED)).toBe("");
});

function report(content: object | string): string {
  const file = join(folder, "report.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}
