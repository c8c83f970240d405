import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatTally, readPlaywrightReport, readVitestReport, sumTallies } from "./test-tally.mjs";

const VITEST = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };
const PLAYWRIGHT = { stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 2 }, errors: [] };

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
    tally: () => readVitestReport(report({ ...VITEST, testResults: [{ status: "failed", assertionResults: [] }] }), 1),
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

function report(content: object | string): string {
  const file = join(folder, "report.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}
