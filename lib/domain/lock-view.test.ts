import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HalfSighting } from "./half.ts";
import type { Lock } from "./lock.ts";
import { computeFingerprint } from "./lock-identity.ts";
import { parseStatePathHash } from "./lock-key.ts";
import { sortByNeed } from "./lock-order.ts";
import { type BuildLocksInput, buildLocks } from "./lock-view.ts";
import { measureCpuMs } from "./testing/cpu-time.ts";
import { hostileBodies } from "./testing/hostile-corpus.ts";
import {
  aBucket,
  aDynamodbHalf,
  anAccount,
  anS3Half,
  aSourceState,
  aTable,
  NOW_MS,
  type SightingOptions,
} from "./testing/sighting-builder.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const bucket = aBucket();
const table = aTable();

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}

function build(sightings: readonly HalfSighting[], input: Partial<BuildLocksInput> = {}): readonly Lock[] {
  return sortByNeed(
    buildLocks({ sightings, sources: [bucket, table], sourceStates: [], nowMs: NOW_MS, sha256, ...input }),
  );
}

function buildOne(sightings: readonly HalfSighting[], input: Partial<BuildLocksInput> = {}): Lock {
  const [lock, ...others] = build(sightings, input);
  if (lock === undefined || others.length > 0) throw new Error("These sightings should be one lock");
  return lock;
}

function codesOf(lock: Lock): readonly string[] {
  return lock.evidence.map((evidence) => evidence.code);
}

function verdictOf(lock: Lock, code: string): string | undefined {
  return lock.evidence.find((evidence) => evidence.code === code)?.verdict;
}

const denied: HalfSighting["body"] = { kind: "denied", sizeBytes: 220, problem: "kms:Decrypt is denied" };
const empty: HalfSighting["body"] = { kind: "bytes", bytes: new Uint8Array(), sizeBytes: 0, isTruncated: false };

test("an S3 half and a DynamoDB half of one state path are one lock", () => {
  const lock = buildOne([anS3Half(bucket), aDynamodbHalf(table)]);

  expect(lock).toMatchObject({
    status: "held",
    account: "payments-prod",
    statePath: "acme-tfstate/network/terraform.tfstate",
    lockId: "b029be34-5bd1-f780-2c36-edc99ddcb1f6",
    who: "ada@buildhost",
    operationLabel: "Apply / destroy",
    ageMs: HOUR_MS,
    ageFrom: "acquired",
    attention: "none",
    canUnlock: true,
    isLastKnown: false,
  });
  expect(lock.halves.map((half) => half.location)).toEqual([
    "terraform-locks/acme-tfstate/network/terraform.tfstate",
    "acme-tfstate/network/terraform.tfstate.tflock",
  ]);
  expect(parseStatePathHash(lock.key)).not.toBeNull();
});

test.each<[string, SightingOptions | null, SightingOptions | null, string]>([
  ["one half that was always alone", {}, null, "held"],
  ["a row that was always alone", null, {}, "held"],
  ["one half of a former pair", { isPaired: true }, null, "half"],
  ["a row of a former pair", null, { isPaired: true }, "half"],
  [
    "a younger half with another ID, seen once",
    { fields: { ID: "b" }, firstSeenAtMs: NOW_MS, sweepsSeen: 1 },
    {},
    "contended",
  ],
  [
    "a younger row with another ID, seen once",
    {},
    { fields: { ID: "b" }, firstSeenAtMs: NOW_MS, sweepsSeen: 1 },
    "contended",
  ],
  ["different IDs over two sweeps", { fields: { ID: "b" }, firstSeenAtMs: NOW_MS, sweepsSeen: 2 }, {}, "split"],
  ["different IDs first seen together, once", { fields: { ID: "b" }, sweepsSeen: 1 }, {}, "contended"],
  ["a half that may not be read", { body: denied, fingerprint: null }, {}, "unreadable"],
  ["unreadable beside malformed", { body: denied, fingerprint: null }, { body: empty }, "unreadable"],
  ["an empty body", { body: empty }, null, "malformed"],
  ["a malformed half beside a good one", { body: empty }, {}, "malformed"],
  [
    "an item without Info",
    null,
    { body: { kind: "item", bytes: new Uint8Array(9), problem: "info_missing" } },
    "malformed",
  ],
])("%s", (_, s3, dynamodb, status) => {
  const sightings = [s3 && anS3Half(bucket, s3), dynamodb && aDynamodbHalf(table, dynamodb)].filter(
    (each) => each !== null,
  );

  expect(buildOne(sightings).status).toBe(status);
});

test("a waiting run's knock is not offered for unlocking, and does not make the lock younger", () => {
  const knock = anS3Half(bucket, {
    fields: { ID: "b", Who: "bob@host" },
    lastModifiedMs: NOW_MS,
    firstSeenAtMs: NOW_MS,
    sweepsSeen: 1,
  });
  const lock = buildOne([knock, aDynamodbHalf(table, { fields: { ID: "a" } })]);

  expect(lock).toMatchObject({ lockId: "a", who: "ada@buildhost", attention: "waiting", canUnlock: false });
  expect(lock).toMatchObject({ ageMs: HOUR_MS, ageFrom: "created", acquiredAt: null });
  expect(lock.unlockBlockedBy).toContain("Scan again");
});

test("a split shows the holder of the side that refuses first", () => {
  const lock = buildOne([
    anS3Half(bucket, { fields: { ID: "s", Who: "bob@s3" } }),
    aDynamodbHalf(table, { fields: { ID: "d", Who: "ada@row" } }),
  ]);

  expect(lock).toMatchObject({ status: "split", lockId: "d", who: "ada@row", attention: "broken", canUnlock: true });
  expect(lock.summary).toContain("bob@s3");
});

test("an item that is also a digest must not be unlocked", () => {
  const body = { kind: "item", bytes: new Uint8Array(9), problem: "has_digest" } as const;

  expect(buildOne([aDynamodbHalf(table, { body })])).toMatchObject({
    status: "malformed",
    lockId: null,
    canUnlock: false,
  });
});

test("what cannot be read may be tried", () => {
  const lock = buildOne([anS3Half(bucket, { body: denied, fingerprint: null })]);

  expect(lock).toMatchObject({ status: "unreadable", canUnlock: true, lockId: null, who: null, holder: null });
  expect(lock.evidence[0]?.text).toContain("kms:Decrypt is denied");
});

test("a readable half speaks for the one that is not", () => {
  const lock = buildOne([anS3Half(bucket, { body: denied, fingerprint: null }), aDynamodbHalf(table)]);

  expect(lock).toMatchObject({ status: "unreadable", who: "ada@buildhost", ageFrom: "acquired" });
});

test("age comes from S3, else from Created, else from the first sight", () => {
  const zero = { Created: "0001-01-01T00:00:00Z" };

  expect(buildOne([anS3Half(bucket, { fields: zero })])).toMatchObject({ ageMs: HOUR_MS, createdAt: null });
  expect(buildOne([aDynamodbHalf(table)])).toMatchObject({ ageMs: HOUR_MS, ageFrom: "created" });
  const seen = buildOne([aDynamodbHalf(table, { fields: zero, firstSeenAtMs: NOW_MS - MINUTE_MS })]);
  expect(seen).toMatchObject({ ageMs: MINUTE_MS, ageFrom: "first_seen" });
  expect(seen.summary).toContain("at least 1 min");
});

test("a clock ahead of ours gives a mark, and no negative age", () => {
  const ahead = { Created: new Date(NOW_MS + 2 * HOUR_MS).toISOString() };
  const lock = buildOne([aDynamodbHalf(table, { fields: ahead })]);

  expect(lock).toMatchObject({ ageMs: 0, hasClockSkew: true });
  expect(codesOf(lock)).toContain("clock_skew");
});

test("a lock that waited says how long", () => {
  const lock = buildOne([anS3Half(bucket, { fields: { Created: new Date(NOW_MS - HOUR_MS - 7000).toISOString() } })]);

  expect(lock.evidence.find((evidence) => evidence.code === "waited")?.text).toBe("waited 7 s for the lock");
  expect(codesOf(buildOne([anS3Half(bucket)]))).not.toContain("waited");
});

test("an old apply without a write is stale", () => {
  const lock = buildOne([
    anS3Half(bucket, {
      lastModifiedMs: NOW_MS - 3 * HOUR_MS,
      state: { lastModifiedMs: NOW_MS - 9 * HOUR_MS, sizeBytes: 9 },
    }),
  ]);

  expect(lock.attention).toBe("stale");
  expect(verdictOf(lock, "age")).toBe("for");
  expect(verdictOf(lock, "state_not_written")).toBe("for");
  expect(lock.headline).toBe("no write since it was taken");
  expect(lock.summary).toBe(
    "Held for 3 h by ada@buildhost running an apply; the state has not been written since; probably dead.",
  );
});

test("an old apply that wrote its state lately is not stale", () => {
  const state = { lastModifiedMs: NOW_MS - 2 * MINUTE_MS, sizeBytes: 9 };
  const lock = buildOne([anS3Half(bucket, { lastModifiedMs: NOW_MS - 3 * HOUR_MS, state })]);

  expect(lock).toMatchObject({ attention: "none", headline: "state written 2 min ago", state });
  expect(verdictOf(lock, "state_written")).toBe("against");
});

test("a write of long ago is no sign of life any more", () => {
  const state = { lastModifiedMs: NOW_MS - 5 * HOUR_MS, sizeBytes: 9 };
  const lock = buildOne([anS3Half(bucket, { lastModifiedMs: NOW_MS - 6 * HOUR_MS, state })]);

  expect(lock.attention).toBe("stale");
  expect(verdictOf(lock, "state_written")).toBe("neutral");
});

test("a plan is stale sooner, and a missing write proves nothing of it", () => {
  const state = { lastModifiedMs: NOW_MS - 9 * HOUR_MS, sizeBytes: 9 };
  const lock = buildOne([anS3Half(bucket, { fields: { Operation: "OperationTypePlan" }, state })]);

  expect(lock.attention).toBe("stale");
  expect(verdictOf(lock, "state_not_written")).toBe("neutral");
});

test("nothing is said of a state that was never listed", () => {
  expect(codesOf(buildOne([aDynamodbHalf(table)]))).toEqual(["age"]);
  expect(codesOf(buildOne([anS3Half(bucket)]))).toContain("no_state");
});

test("an S3 half left alone again and again points at the run's role", () => {
  const former = { fields: { ID: "former" }, isPaired: true };
  const earlier = [
    aDynamodbHalf(table, { ...former, goneAtMs: NOW_MS - 9 * HOUR_MS }),
    anS3Half(bucket, { ...former, goneAtMs: NOW_MS - 8 * HOUR_MS }),
  ];
  const lock = buildOne([anS3Half(bucket, { isPaired: true })], { earlier });

  expect(lock.headline).toBe("only the S3 half is left");
  expect(codesOf(lock).slice(0, 2)).toEqual(["half_left", "half_left_repeatedly"]);
  expect(lock.evidence[1]?.text).toContain("s3:DeleteObject");
});

test("a former pair that was released in order points at nothing", () => {
  const former = { fields: { ID: "former" }, isPaired: true };
  const earlier = [
    anS3Half(bucket, { ...former, goneAtMs: NOW_MS - 9 * HOUR_MS }),
    aDynamodbHalf(table, { ...former, goneAtMs: NOW_MS - 9 * HOUR_MS }),
  ];

  expect(codesOf(buildOne([anS3Half(bucket, { isPaired: true })], { earlier }))).not.toContain("half_left_repeatedly");
});

test.each<[string, SightingOptions["fields"], string]>([
  ["a Path that names another state", { Path: "other/state" }, "path_mismatch"],
  ["hidden characters", { Who: "admin\u202e@host" }, "hidden_characters"],
  ["mixed alphabets", { Who: "\u0430dmin@host" }, "mixed_script"],
  ["half a surrogate pair", { Info: "\ud800" }, "not_utf8"],
])("warns of %s", (_, fields, code) => {
  expect(codesOf(buildOne([anS3Half(bucket, { fields })]))).toContain(code);
  expect(codesOf(buildOne([anS3Half(bucket)]))).not.toContain(code);
});

test("a lock of a source that fails is the last known", () => {
  const error = aSourceState(bucket, { status: "error", lastScanAtMs: NOW_MS - HOUR_MS });
  const lock = buildOne([anS3Half(bucket)], { sourceStates: [error] });

  expect(lock.isLastKnown).toBe(true);
  expect(lock.evidence.find(({ code }) => code === "last_known")?.at).toBe("2026-11-23T11:00:00.000Z");
  expect(buildOne([anS3Half(bucket)], { sourceStates: [aSourceState(bucket)] }).isLastKnown).toBe(false);
});

test("a broken-off sweep makes last known only what it did not see", () => {
  const partial = aSourceState(bucket, { status: "partial", lastAttemptAtMs: NOW_MS, durationMs: 5000 });
  const isLastKnown = (lastSeenAtMs: number) =>
    buildOne([anS3Half(bucket, { lastSeenAtMs })], { sourceStates: [partial] }).isLastKnown;

  expect(isLastKnown(NOW_MS - 5000)).toBe(false);
  expect(isLastKnown(NOW_MS - MINUTE_MS)).toBe(true);
});

test("a row of a bucket that is not configured is shown with its table's account", () => {
  const lock = buildOne([aDynamodbHalf(table, { bucket: "elsewhere" })]);

  expect(lock).toMatchObject({ account: "payments-prod", bucket: "elsewhere", status: "held" });
  expect(codesOf(lock)).toContain("bucket_not_configured");
});

test("a bucket's own account is shown, the table's first where several have such a bucket", () => {
  const other = anAccount("audit", "444455556666");
  const theirs = aBucket({ account: other });
  const theirTable = aTable({ account: other });
  const inTheirs = build([aDynamodbHalf(table)], { sources: [theirs, table] });
  const inBoth = build([aDynamodbHalf(table), aDynamodbHalf(theirTable)], {
    sources: [theirs, bucket, table, theirTable],
  });

  expect(inTheirs.map((lock) => lock.account)).toEqual(["audit"]);
  expect(inBoth.map((lock) => lock.account).sort()).toEqual(["audit", "payments-prod"]);
});

test("the table that names the same lock joins; the other is a lock of its own, and both say so", () => {
  const second = aTable({ name: "zz-locks" });
  const s3 = anS3Half(bucket, { fields: { ID: "same" } });
  const locks = build(
    [s3, aDynamodbHalf(table, { fields: { ID: "x" } }), aDynamodbHalf(second, { fields: { ID: "same" } })],
    {
      sources: [bucket, table, second],
    },
  );

  expect(locks.map((lock) => lock.halves.length).sort()).toEqual([1, 2]);
  expect(locks.find((lock) => lock.halves.length === 2)).toMatchObject({ status: "held", lockId: "same" });
  expect(new Set(locks.map((lock) => lock.key)).size).toBe(2);
  expect(locks.every((lock) => codesOf(lock).includes("other_table"))).toBe(true);
});

test("an object that two prefixes of one bucket reach is one half, always the same", () => {
  const narrow = aBucket({ prefix: "network/" });
  const [wideHalf, narrowHalf] = [anS3Half(bucket), anS3Half(narrow, { lastSeenAtMs: NOW_MS })];
  const sources = [bucket, narrow];
  const one = buildOne([wideHalf, narrowHalf], { sources });
  const later = buildOne([narrowHalf, { ...wideHalf, lastSeenAtMs: NOW_MS + 1 }], { sources });

  expect(one.halves).toHaveLength(1);
  expect(later.fingerprint).toBe(one.fingerprint);
});

test("of two sightings at one place the newer counts, whatever the order", () => {
  const old = anS3Half(bucket, { id: "old", fields: { ID: "old" }, etag: '"1"', lastSeenAtMs: NOW_MS - HOUR_MS });
  const fresh = anS3Half(bucket, { id: "fresh", fields: { ID: "fresh" }, etag: '"2"' });

  expect(buildOne([old, fresh]).lockId).toBe("fresh");
  expect(buildOne([fresh, old]).lockId).toBe("fresh");
});

test("what is gone, or of no configured source, is no lock", () => {
  expect(build([anS3Half(bucket, { goneAtMs: NOW_MS }), anS3Half(aBucket({ name: "unknown" }))])).toEqual([]);
});

test("the fingerprint changes with any half and with nothing else", () => {
  const [s3, row] = [anS3Half(bucket), aDynamodbHalf(table)];
  const { fingerprint, key } = buildOne([s3, row]);

  expect(
    buildOne([
      { ...row, sweepsSeen: 99 },
      { ...s3, lastSeenAtMs: NOW_MS },
    ]),
  ).toMatchObject({ fingerprint, key });
  expect(buildOne([s3]).fingerprint).not.toBe(fingerprint);
  expect(buildOne([{ ...s3, etag: '"other"' }, row]).fingerprint).not.toBe(fingerprint);
  expect(buildOne([s3, { ...row, fingerprint: "other" }]).fingerprint).not.toBe(fingerprint);
  expect(buildOne([s3]).key).toBe(key);
});

test("the fingerprint does not depend on the order of the halves", () => {
  const halves = [anS3Half(bucket), aDynamodbHalf(table)];

  expect(computeFingerprint(halves.toReversed(), sha256)).toBe(computeFingerprint(halves, sha256));
});

test("the key follows the account when the configuration changes", () => {
  const row = aDynamodbHalf(table);
  const theirs = aBucket({ account: anAccount("audit", "444455556666") });
  const before = buildOne([row], { sources: [table] });
  const after = buildOne([row], { sources: [table, theirs] });

  expect(after.account).toBe("audit");
  expect(after.key).not.toBe(before.key);
  expect(after.fingerprint).toBe(before.fingerprint);
});

test("what needs a person most comes first", () => {
  const at = (stateKey: string, options: SightingOptions = {}) => anS3Half(bucket, { stateKey, ...options });
  const aged = (hours: number) => ({ lastModifiedMs: NOW_MS - hours * HOUR_MS });
  const knock = { fields: { ID: "knock" }, firstSeenAtMs: NOW_MS, sweepsSeen: 1 };
  const locks = build([
    at("young", aged(0.5)),
    at("old", aged(1.5)),
    at("waiting", knock),
    aDynamodbHalf(table, { stateKey: "waiting" }),
    at("stale", aged(4)),
    at("staler", aged(5)),
    at("half", { isPaired: true }),
    at("unreadable", { body: denied, fingerprint: null }),
    at("malformed", { body: empty }),
    at("split", { fields: { ID: "other" } }),
    aDynamodbHalf(table, { stateKey: "split" }),
  ]);

  expect(locks.map((lock) => lock.stateKey)).toEqual([
    "split",
    "malformed",
    "unreadable",
    "half",
    "staler",
    "stale",
    "waiting",
    "old",
    "young",
  ]);
});

const tables = [table, aTable({ name: "second" }), aTable({ account: anAccount("audit", "444455556666") })];
const buckets = [bucket, aBucket({ prefix: "a/" }), aBucket({ account: anAccount("audit", "444455556666") })];
const anyBody = fc.constantFrom<HalfSighting["body"]>(denied, empty);
const anySighting = fc
  .record({
    place: fc.nat(5),
    stateKey: fc.constantFrom("a/x", "a/y", "z"),
    id: fc.constantFrom("one", "two"),
    body: fc.option(anyBody, { freq: 4 }),
    isPaired: fc.boolean(),
    sweepsSeen: fc.integer({ min: 1, max: 3 }),
    seen: fc.nat(3),
  })
  .map(({ place, stateKey, id, body, seen, ...rest }) => {
    const source = [...buckets, ...tables][place] ?? bucket;
    const times = { firstSeenAtMs: NOW_MS - HOUR_MS + seen, lastSeenAtMs: NOW_MS - seen };
    const bodyPart = body === null ? {} : { body, fingerprint: body.kind === "denied" ? null : "empty" };
    const options = { ...rest, ...times, ...bodyPart, stateKey, fields: { ID: id } };
    return source.kind === "s3" ? anS3Half(source, options) : aDynamodbHalf(source, options);
  });
const anySightings = fc.uniqueArray(anySighting, { maxLength: 14, selector: (each) => each.id });

test("the order of the sightings does not matter", () => {
  const sources = [...buckets, ...tables];
  fc.assert(
    fc.property(
      anySightings.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([sightings, shuffled]) => {
        expect(build(shuffled, { sources: sources.toReversed() })).toEqual(build(sightings, { sources }));
      },
    ),
    { numRuns: 500 },
  );
});

test("every sighting is in exactly one lock, and no two locks share a key", () => {
  const sources = [...buckets, ...tables];
  fc.assert(
    fc.property(anySightings, (sightings) => {
      const locks = build(sightings, { sources });
      const places = locks.flatMap((lock) => lock.halves.map((half) => `${lock.account} ${placeOf(half)}`));
      const expected = new Set(sightings.map((each) => `${accountOf(each)} ${placeOf(each)}`));
      expect(places).toHaveLength(expected.size);
      expect(new Set(locks.map((lock) => lock.key)).size).toBe(locks.length);
    }),
    { numRuns: 500 },
  );
});

/** Prefixes of one bucket reach the same object; tables are places of their own. */
function placeOf(half: { mechanism: string; sourceId: string; location: string }): string {
  const isS3 = half.mechanism === "s3";
  return `${isS3 ? "s3" : half.sourceId} ${half.location.replace(/^(acme-tfstate|terraform-locks|second)\/(?=.*(\.tflock$|acme))/, "")}`;
}

function accountOf(sighting: HalfSighting): string {
  return [...buckets, ...tables].find((source) => source.id === sighting.sourceId)?.account.name ?? "";
}

test("our own sentences show nothing hidden, whatever a lock says of itself", () => {
  for (const { name, bytes } of hostileBodies) {
    const body = { kind: "bytes", bytes, sizeBytes: bytes.length, isTruncated: bytes.length >= 65_536 } as const;
    const lock = buildOne([anS3Half(bucket, { body, fingerprint: name })]);
    const sentences = [
      lock.summary,
      lock.headline,
      lock.operationLabel ?? "",
      ...lock.evidence.map(({ text }) => text),
    ];
    expect(sentences.join(" "), name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(lock.summary.length, name).toBeLessThan(400);
    expect(lock.canUnlock, name).toBe(true);
    expect(lock.ageMs, name).toBeGreaterThanOrEqual(0);
    expect(() => JSON.stringify(lock), name).not.toThrow();
  }
});

test("ten thousand sightings take less than a second of a processor", () => {
  const sightings = Array.from({ length: 5000 }, (_, index) => {
    const options = { stateKey: `env:/w${index % 50}/net/${index}.tfstate`, fields: { ID: `id-${index}` } };
    return [anS3Half(bucket, options), aDynamodbHalf(table, options)];
  }).flat();

  const times = Array.from({ length: 5 }, () => measureCpuMs(() => expect(build(sightings)).toHaveLength(5000)));

  // It needs about 100 ms.
  expect(times.sort((a, b) => a - b)[1]).toBeLessThan(1000);
});
