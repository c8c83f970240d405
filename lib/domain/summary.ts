import { formatOneLine } from "./display-text.ts";
import { formatDuration, formatRoughDuration } from "./duration.ts";
import { formatHalfLeft, formatKnock } from "./evidence.ts";
import type { LockFacts } from "./lock-facts.ts";
import { ageAt } from "./lock-time.ts";
import type { ReadHalf } from "./read-half.ts";

/** One sentence a colleague would say; certain only of what was seen. */
export function formatSummary(facts: LockFacts): string {
  const { pair, operation, status } = facts;
  const who = nameHolder(facts.spokesman);
  const age = `${facts.ageFrom === "first_seen" ? "at least " : ""}${formatDuration(facts.ageMs)}`;
  switch (status) {
    case "held":
      return `Held for ${age} by ${who} running ${operation.phrase}; ${judge(facts)}.`;
    case "half":
      return `${capitalise(formatHalfLeft(pair))} of the lock of ${who} running ${operation.phrase}, taken ${age} ago; the run has probably ended.`;
    case "split": {
      const other = pair.s3 === null ? "another holder" : nameHolder(pair.s3);
      return `The halves name different locks: DynamoDB ${who}, S3 ${other}; they may not keep each other out.`;
    }
    case "contended":
      return `Held for ${age} by ${who} running ${operation.phrase}; ${formatKnock(pair)}, probably by a waiting run.`;
    case "unreadable":
      return `Locked for ${age}, but the lock's text cannot be read: who holds it is ${facts.spokesman.text.info.who ? `probably ${who}` : "not known"}.`;
    case "malformed":
      return `Blocked for ${age} by something that is not a lock: ${findProblem(facts)}. ${explainCommandLine(facts)}`;
  }
}

/** The phrase of evidence that matters most, for a row. */
export function formatHeadline(facts: LockFacts): string {
  switch (facts.status) {
    case "held":
      return headlineOfHeld(facts);
    case "half":
      return formatHalfLeft(facts.pair);
    case "split":
      return "the halves name different locks";
    case "contended":
      return "a waiting run is probably knocking";
    case "unreadable":
      return "its text cannot be read";
    case "malformed":
      return findProblem(facts);
  }
}

function headlineOfHeld(facts: LockFacts): string {
  const { writtenMs, nowMs, operation, state, pair } = facts;
  // Roughly, or each of ten thousand rows would be another every minute.
  if (writtenMs !== null) return `state written ${formatRoughDuration(ageAt(writtenMs, nowMs))} ago`;
  const limit = formatDuration(operation.staleAfterMs);
  if (operation.isReadOnly || (state === null && pair.s3 === null)) {
    return facts.isStale ? `longer than ${operation.phrase} usually takes` : `${operation.phrase} may take ${limit}`;
  }
  return state === null ? "no state yet" : "no write since it was taken";
}

function judge(facts: LockFacts): string {
  const { operation, writtenMs, nowMs, isStale } = facts;
  const likely = isStale ? "probably dead" : writtenMs === null ? "perhaps still running" : "probably still running";
  if (writtenMs !== null) return `the state was written ${formatDuration(ageAt(writtenMs, nowMs))} ago; ${likely}`;
  const limit = formatDuration(operation.staleAfterMs);
  if (operation.isReadOnly) {
    return isStale ? `${operation.phrase} is usually over within ${limit}; ${likely}` : likely;
  }
  if (facts.state !== null) return `the state has not been written since; ${likely}`;
  if (facts.pair.s3 !== null) return `there is no state yet; ${likely}`;
  return isStale ? `${operation.phrase} is usually over within ${limit}; ${likely}` : likely;
}

function explainCommandLine({ halves }: LockFacts): string {
  const isOurLimit = halves.some(({ text }) => text.flags.includes("truncated") || text.flags.includes("too_deep"));
  return isOurLimit ? "Lockkeeper does not read it further." : "Terraform itself cannot release this.";
}

function findProblem({ halves }: LockFacts): string {
  return halves.find((half) => half.text.verdict === "malformed")?.text.problem ?? "it cannot be read";
}

function nameHolder(half: ReadHalf): string {
  const { who } = half.text.info;
  return who === null || who === "" ? "an unnamed holder" : formatOneLine(who, { maxLength: 80 });
}

function capitalise(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
