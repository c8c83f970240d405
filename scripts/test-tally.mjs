import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "./installation.mjs";

/** `failures` names what failed, one line each; what has no name of its own is only counted. */
/** @typedef {{ passed: number, failed: number, skipped: number, failures: readonly string[] }} Tally */

const FAILURES_NAMED_MAX = 20;
const NAME_LENGTH_MAX = 300;

/** @type {Tally} */
export const PASSED = { passed: 1, failed: 0, skipped: 0, failures: [] };
/** @type {Tally} */
export const FAILED = { passed: 0, failed: 1, skipped: 0, failures: [] };
/** @type {Tally} */
export const SKIPPED = { passed: 0, failed: 0, skipped: 1, failures: [] };

/**
 * The sum of several tallies.
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sumTallies(tallies) {
  return tallies.reduce(
    (sum, tally) => ({
      passed: sum.passed + tally.passed,
      failed: sum.failed + tally.failed,
      skipped: sum.skipped + tally.skipped,
      failures: [...sum.failures, ...tally.failures],
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [] },
  );
}

/** The tally of a step, in which a failure without a name of its own goes by the name of the step. */
export function nameFailures(tally, step) {
  if (tally.failed <= tally.failures.length) return tally;
  return { ...tally, failures: [...tally.failures, step] };
}

/** What failed, by name and without colours: the end of a log that was cut still says it. Empty when nothing failed. */
export function formatFailures({ failures }) {
  if (failures.length === 0) return "";
  const named = failures.slice(0, FAILURES_NAMED_MAX).map((name) => `  ${toLine(name)}`);
  const more = failures.length - named.length;
  return ["failed:", ...named, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}

/** A title may hold anything, and a message is written over many lines. */
function toLine(text) {
  const line = stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim();
  return line.length > NAME_LENGTH_MAX ? `${line.slice(0, NAME_LENGTH_MAX)}…` : line;
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
    failures: report.testResults.flatMap(vitestFailures),
  }));
}

/** What Playwright's JSON report says; an error outside every test is one failure, and so is a crash. */
export function readPlaywrightReport(file, exitCode) {
  return readReport(file, exitCode, ({ stats, errors, suites = [] }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures: [...suites.flatMap(playwrightFailures), ...errors.map(({ message }) => messageOf(message))],
  }));
}

function isBrokenFile(result) {
  return result.status === "failed" && result.assertionResults.every((assertion) => assertion.status !== "failed");
}

function vitestFailures(result) {
  const file = relative(ROOT, result.name);
  if (isBrokenFile(result)) return [`${file}: ${messageOf(result.message)}`];
  return result.assertionResults
    .filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => `${file} › ${fullName.trim()}: ${messageOf(failureMessages?.[0])}`);
}

/** Playwright's suites hold suites; a test that needed a second attempt is not ok here either. */
function playwrightFailures({ specs = [], suites = [] }) {
  const isBad = ({ tests }) => tests.some(({ status }) => status === "unexpected" || status === "flaky");
  const nameOf = ({ file, title, tests }) => {
    const message = tests.flatMap(({ results }) => results).find(({ error }) => error !== undefined)?.error.message;
    return `${file} › ${title}: ${messageOf(message)}`;
  };
  return [...specs.filter(isBad).map(nameOf), ...suites.flatMap(playwrightFailures)];
}

/** The first line says what was wrong, the others where. */
function messageOf(message) {
  return message?.trim().split("\n", 1)[0] ?? "no message";
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
