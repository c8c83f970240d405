import { formatOneLine } from "./display-text.ts";
import { formatDuration } from "./duration.ts";
import type { HalfSighting } from "./half.ts";
import type { Evidence } from "./lock.ts";
import type { LockFacts } from "./lock-facts.ts";
import { ageAt, formatIsoTime } from "./lock-time.ts";
import type { LockPair } from "./pairing.ts";
import type { ReadHalf } from "./read-half.ts";
import type { Source } from "./source.ts";
import { formatStatePath } from "./state-path.ts";

const WAITED_MS_MIN = 5000;
/** Nobody waits longer for a lock than this; a larger difference is a wrong clock. */
const WAITED_MS_MAX = 60 * 60 * 1000;

/** The facts that speak for or against a lock being stale, the weightiest first. */
export function collectEvidence(facts: LockFacts, earlier: readonly HalfSighting[]): readonly Evidence[] {
  return [
    describeStatus(facts),
    describeRepetition(facts, earlier),
    describeAge(facts),
    describeState(facts),
    describeFreshness(facts),
    describeWait(facts),
    describeClock(facts),
    ...describePlace(facts.pair),
    ...describeText(facts),
  ].filter((evidence) => evidence !== null);
}

function describeStatus(facts: LockFacts): Evidence | null {
  const { status, pair, spokesman, halves } = facts;
  const at = formatIsoTime(spokesman.sighting.firstSeenAtMs);
  switch (status) {
    case "held":
      return describeDifference(pair);
    case "half":
      return note("half_left", "for", `${formatHalfLeft(pair)}; ${explainHalf(pair)}`, at, "sightings");
    case "split":
      return note(
        "split",
        "neutral",
        "the two halves name different locks: neither keeps the other out",
        at,
        "sightings",
      );
    case "contended":
      return note("contended", "neutral", `${formatKnock(pair)}: probably a waiting run`, at, "sightings");
    case "unreadable": {
      const denied = halves.find((half) => half.text.verdict === "denied") ?? spokesman;
      const problem = formatOneLine(denied.text.problem ?? "reading it was denied", { maxLength: 200 });
      return note(
        "unreadable",
        "neutral",
        `it is there, but its text cannot be read: ${problem}`,
        at,
        nameOf(denied.source),
      );
    }
    case "malformed":
      return note("malformed", "neutral", explainMalformed(facts), at, "lock text");
  }
}

function describeDifference({ s3, dynamodb }: LockPair): Evidence | null {
  if (s3 === null || dynamodb === null || s3.sighting.fingerprint === dynamodb.sighting.fingerprint) return null;
  return note("halves_differ", "neutral", "the halves have the same ID but not the same text", null, "lock text");
}

export function formatHalfLeft(pair: LockPair): string {
  return `only the ${pair.s3 === null ? "DynamoDB" : "S3"} half is left`;
}

function explainHalf(pair: LockPair): string {
  return pair.s3 === null
    ? "a release was broken off, or the S3 half was removed by other means"
    : "the run's role may lack s3:DeleteObject on *.tflock";
}

/** S3 left alone again and again is a role that may take locks but not delete them (lock-semantics 3.7). */
function describeRepetition({ status, pair }: LockFacts, earlier: readonly HalfSighting[]): Evidence | null {
  if (status !== "half" || pair.s3 === null) return null;
  const ofPath = earlier.filter((each) => each.bucket === pair.bucket && each.stateKey === pair.stateKey);
  const rowsGone = new Map(
    ofPath.filter((each) => each.mechanism === "dynamodb").map((each) => [each.fingerprint, each.goneAtMs]),
  );
  const left = ofPath.filter((each) => {
    const rowGoneMs = rowsGone.get(each.fingerprint);
    return (
      each.mechanism === "s3" && each.fingerprint !== null && rowGoneMs != null && rowGoneMs < (each.goneAtMs ?? 0)
    );
  });
  if (left.length === 0) return null;
  const times = left.length === 1 ? "once" : `${left.length} times`;
  const text = `the S3 half was left alone ${times} before: the runs' role probably lacks s3:DeleteObject on *.tflock`;
  return note("half_left_repeatedly", "for", text, null, "sightings");
}

export function formatKnock({ s3, dynamodb }: LockPair): string {
  const isS3Younger = (s3?.sighting.firstSeenAtMs ?? 0) >= (dynamodb?.sighting.firstSeenAtMs ?? 0);
  return `the ${isS3Younger ? "S3" : "DynamoDB"} half was seen once with another ID`;
}

function explainMalformed({ halves }: LockFacts): string {
  const half = halves.find((each) => each.text.verdict === "malformed");
  const problem = half?.text.problem ?? "it is not a lock";
  const isOurLimit = half?.text.flags.some((flag) => flag === "truncated" || flag === "too_deep") ?? false;
  if (isOurLimit) return `not read as a lock: ${problem}`;
  return `not a lock that Terraform can read: ${problem}; Terraform itself cannot release this`;
}

function describeAge(facts: LockFacts): Evidence {
  const { ageMs, ageFrom, operation, takenMs, spokesman, pair } = facts;
  const isOver = ageMs > operation.staleAfterMs;
  const limit = formatDuration(operation.staleAfterMs);
  const held = `${ageFrom === "first_seen" ? "seen for" : "held for"} ${formatDuration(ageMs)}`;
  const text = isOver
    ? `${held}; ${operation.phrase} is usually over within ${limit}`
    : `${held}; ${operation.phrase} may take ${limit}`;
  const source = {
    acquired: nameOf(pair.s3?.source ?? spokesman.source),
    created: "lock text",
    first_seen: "sightings",
  };
  return note("age", isOver ? "for" : "against", text, formatIsoTime(takenMs), source[ageFrom]);
}

function describeState(facts: LockFacts): Evidence | null {
  const { state, writtenMs, nowMs, operation, pair, takenMs } = facts;
  const source = nameOf(pair.s3?.source ?? pair.home);
  if (writtenMs !== null) {
    const isRecent = ageAt(writtenMs, nowMs) <= operation.staleAfterMs;
    const text = `state written ${formatDuration(ageAt(writtenMs, nowMs))} ago, after the lock was taken`;
    return note("state_written", isRecent ? "against" : "neutral", text, formatIsoTime(writtenMs), source);
  }
  if (state === null) {
    return pair.s3 === null ? null : note("no_state", "neutral", "no state yet: normal on a first apply", null, source);
  }
  const at = formatIsoTime(state.lastModifiedMs);
  if (operation.isReadOnly) {
    return note(
      "state_not_written",
      "neutral",
      `no write since it was taken; ${operation.phrase} writes none`,
      at,
      source,
    );
  }
  const caution = "a run that waits for one slow resource writes nothing either";
  const isOver = ageAt(takenMs, nowMs) > operation.staleAfterMs;
  return note("state_not_written", isOver ? "for" : "neutral", `no write since it was taken; ${caution}`, at, source);
}

function describeFreshness({ failing, halves }: LockFacts): Evidence | null {
  const [failure] = failing;
  if (failure === undefined) return null;
  const source = halves.find((half) => half.source.id === failure.sourceId)?.source;
  const name = source?.name ?? failure.sourceId;
  const text = `last known: ${name} could not be read since`;
  return note("last_known", "neutral", text, formatIsoTime(failure.lastScanAtMs), "sources");
}

function describeWait({ createdMs, acquiredMs, hasClockSkew }: LockFacts): Evidence | null {
  if (createdMs === null || acquiredMs === null || hasClockSkew) return null;
  const waitedMs = acquiredMs - createdMs;
  if (waitedMs <= WAITED_MS_MIN) return null;
  const at = formatIsoTime(createdMs);
  if (waitedMs <= WAITED_MS_MAX) {
    return note("waited", "neutral", `waited ${formatDuration(waitedMs)} for the lock`, at, "lock text");
  }
  const text = "Created is much older than the lock: the holder waited long, or its clock is wrong";
  return note("waited", "neutral", text, at, "lock text");
}

function describeClock({ hasClockSkew, createdMs }: LockFacts): Evidence | null {
  if (!hasClockSkew) return null;
  return note("clock_skew", "neutral", "the holder's clock is ahead of ours", formatIsoTime(createdMs), "lock text");
}

function describePlace(pair: LockPair): readonly Evidence[] {
  const notes = pair.otherTables.map((table) =>
    note("other_table", "neutral", `also in table ${table}: the two do not exclude each other`, null, "sightings"),
  );
  if (pair.isBucketConfigured) return notes;
  const text = `bucket ${formatOneLine(pair.bucket, { maxLength: 80 })} is not configured`;
  return [...notes, note("bucket_not_configured", "neutral", text, null, "configuration")];
}

function describeText({ pair, halves }: LockFacts): readonly Evidence[] {
  const some = (test: (half: ReadHalf) => boolean) => halves.some(test);
  const place = formatStatePath(pair);
  const warnings: readonly (readonly [string, boolean, string])[] = [
    ["path_mismatch", some(({ text }) => (text.info.path || place) !== place), "its Path names another state"],
    [
      "ambiguous",
      some(({ text }) => text.flags.includes("ambiguous")),
      "it names a field twice: read as Terraform does",
    ],
    [
      "not_utf8",
      some(({ text }) => text.flags.includes("invalid_utf8") || text.flags.includes("lone_surrogate")),
      "it contains bytes that are no text",
    ],
    ["hidden_characters", some(({ text }) => text.hasHidden), "it contains hidden characters"],
    ["mixed_script", some(({ text }) => text.isMixedScript), "it mixes alphabets in one word: look twice"],
  ];
  return warnings
    .filter(([, isTrue]) => isTrue)
    .map(([code, , text]) => note(code, "neutral", text, null, "lock text"));
}

function nameOf(source: Source): string {
  return source.kind === "s3" ? `listing of ${source.name}` : `table ${source.name}`;
}

function note(code: string, verdict: Evidence["verdict"], text: string, at: string | null, source: string): Evidence {
  return { code, verdict, text, at, source };
}
