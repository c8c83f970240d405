import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createLockBuilder } from "#lib/domain/lock-builder.ts";
import { countLocks } from "#lib/domain/lock-filter.ts";
import type { LockList } from "#lib/domain/lock-list.ts";
import { hostileBodies } from "#lib/domain/testing/hostile-corpus.ts";
import { aBucket, anS3Half, NOW_MS } from "#lib/domain/testing/sighting-builder.ts";
import { nameContentOfList, writeLockList } from "./write-lock-list.ts";

const bucket = aBucket();
const HALVES = [anS3Half(bucket, { stateKey: "a" }), anS3Half(bucket, { stateKey: "b" })];

function createLists() {
  const builder = createLockBuilder([bucket]);
  return (sightings: typeof HALVES, nowMs = NOW_MS): LockList => {
    const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");
    const locks = builder.build({ sightings, sourceStates: [], nowMs, sha256 });
    const asOf = new Date(nowMs).toISOString();
    return { asOf, sources: [], locks, nextCursor: null, counts: countLocks(locks), matching: locks.length };
  };
}

test("what is written is the list, whatever is in its locks", () => {
  const hostile = hostileBodies.map(({ bytes }, index) =>
    anS3Half(bucket, {
      stateKey: `k${index}`,
      body: { kind: "bytes", bytes, sizeBytes: bytes.length, isTruncated: false },
    }),
  );
  const listAt = createLists();

  for (const list of [listAt([...HALVES, ...hostile]), listAt([...HALVES, ...hostile], NOW_MS + 1), listAt([])]) {
    expect(JSON.parse(writeLockList(list))).toEqual(JSON.parse(JSON.stringify(list)));
  }
});

test("lists that differ in the time and in ages alone have one name; a change of any lock, or of which there are, another", () => {
  const listAt = createLists();
  const [a, b] = HALVES;
  if (a === undefined || b === undefined) throw new Error("There are two.");
  const name = nameContentOfList(listAt(HALVES));

  expect(nameContentOfList(listAt(HALVES, NOW_MS + 999))).toBe(name);
  expect(nameContentOfList(listAt([a, { ...b, lastSeenAtMs: NOW_MS }], NOW_MS + 999))).not.toBe(name);
  expect(nameContentOfList(listAt([a], NOW_MS + 999))).not.toBe(name);
  expect(nameContentOfList({ ...listAt([a]), nextCursor: "1.x" })).not.toBe(nameContentOfList(listAt([a])));
});
