import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

export const PASSED = { passed: 1, failed: 0, skipped: 0 };
export const FAILED = { passed: 0, failed: 1, skipped: 0 };
export const SKIPPED = { passed: 0, failed: 0, skipped: 1 };

/** The sum of several tallies. */
export function sumTallies(tallies) {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The one line that ends every run. */
export function formatTally(tally) {
  return `tests: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/** What Vitest's JSON report says; a file that could not even be loaded is one failure, and so is a crash. */
export function readVitestReport(file, exitCode) {
  return readReport(file, exitCode, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.testResults.filter(isBrokenFile).length,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

/** What Playwright's JSON report says; an error outside every test is one failure, and so is a crash. */
export function readPlaywrightReport(file, exitCode) {
  return readReport(file, exitCode, ({ stats, errors }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  }));
}

function isBrokenFile(result) {
  return result.status === "failed" && result.assertionResults.every((assertion) => assertion.status !== "failed");
}

/** No report, an unreadable one, no test at all, or a bad exit code without a failed test: something broke. */
function readReport(file, exitCode, toTally) {
  if (!existsSync(file)) return FAILED;
  try {
    const tally = toTally(JSON.parse(readFileSync(file, "utf8")));
    const isSilentFailure = tally.failed === 0 && (exitCode !== 0 || tally.passed + tally.skipped === 0);
    return isSilentFailure ? sumTallies([tally, FAILED]) : tally;
  } catch {
    return FAILED;
  }
}
