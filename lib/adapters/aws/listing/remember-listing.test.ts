import fc from "fast-check";
import { expect, test } from "vitest";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import { type SourceMemory, STATE_KEYS_MAX } from "#lib/domain/source-memory.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import { listLocks } from "./list-locks.ts";
import { newRange } from "./range.ts";
import { rememberListing } from "./remember-listing.ts";
import { createKeyServer } from "./testing/key-server.ts";
import { createRandom } from "./testing/listing-property.ts";

const NAMES = ["a", "b/terraform", "env:/ws/x", "é", "\uFFFD", "\u{1F680}", "\u0001", "z.tfstate-old/y"];
/** What may be listed between a state and the place of its lock, or look like one of them. */
const ENDS = [
  ...["", ".tfstate", ".tfstate.tflock", ".tflock", ".tfstate-x/y.tfstate", ".tfstate.backup", ".tfstate/z.tfstate"],
  ...[".tfstate.tfl", ".tfstate.tflock.tflock", ".tfstate.tfx", "/.tflock", ".tfstates", ".tfstate.tfstate"],
];
const bucketCase = fc.record({
  families: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.subarray(ENDS, { minLength: 1 })), {
    minLength: 1,
    maxLength: 12,
  }),
  /** Plain objects for each family: with many, states are few. */
  filler: fc.nat({ max: 60 }),
  copies: fc.integer({ min: 1, max: 50 }),
  pageKeys: fc.integer({ min: 60, max: 1_000 }),
  shortPages: fc.boolean(),
  slots: fc.integer({ min: 1, max: 6 }),
  cuts: fc.array(fc.nat({ max: 10_000 }), { maxLength: 12 }),
  seed: fc.integer(),
});

test("the segments that are remembered hold every key, and each state once, where its lock would be", {
  timeout: 60_000,
}, async () => {
  let cases = 0;
  await fc.assert(
    fc.asyncProperty(bucketCase, async (given) => {
      const keys = keysOf(given);
      const cuts = given.cuts.map((cut) => keys[cut % keys.length] ?? "");
      for (const boundaries of [[], cuts]) {
        const memory = await list({ ...given, keys, boundaries });
        checkMemory(memory, keys);
        checkMemory(await list({ ...given, keys, boundaries: memory.boundaries }), keys);
        cases += memory.boundaries.length > 0 ? 1 : 0;
      }
    }),
    { numRuns: 25 },
  );
  // Most buckets must be larger than a page, or this shows little.
  expect(cases).toBeGreaterThan(15);
});

test("a bucket full of states is remembered by numbers alone, one of few states by their keys", async () => {
  const full = Array.from({ length: 3_000 }, (_, index) => `${String(index).padStart(5, "0")}.tfstate`);
  const few = full.map((key, index) => (index % 400 === 0 ? key : `${key}.json`));

  const dense = await list({ keys: full, boundaries: [] });
  const thin = await list({ keys: few, boundaries: [] });

  expect(dense.segments?.flatMap(({ stateKeys }) => stateKeys)).toEqual([]);
  expect(thin.segments?.flatMap(({ stateKeys }) => stateKeys)).toEqual(few.filter((key) => key.endsWith(".tfstate")));
});

test("a memory holds at most 20,000 state keys, and rather those of segments with few", () => {
  const range = newRange("", null, false, 1);
  for (let mark = 0; mark < 30_000; mark += 1) {
    range.marks.push(String(mark).padStart(8, "0"));
    const isThin = mark < 1_000;
    if (!isThin || mark % 10 === 0) range.states.set(mark, { count: 1, keys: [`${String(mark).padStart(8, "0")}/s`] });
  }

  const memory = rememberListing([range]);

  const kept = memory.segments?.map(({ stateKeys }) => stateKeys.length) ?? [];
  expect(kept.reduce((a, b) => a + b, 0)).toBeGreaterThan(19_990);
  expect(kept.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(20_000);
  expect(kept.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 1));
});

type Given = typeof bucketCase extends fc.Arbitrary<infer T> ? T : never;

function keysOf({ families, filler, copies }: Given): string[] {
  const keys = new Set<string>();
  for (let copy = 0; copy < copies; copy += 1) {
    for (const [name, ends] of families) {
      const start = `${String(copy).padStart(3, "0")}/${name}`;
      for (const end of ends) keys.add(start + end);
      for (let i = 0; i < filler; i += 1) keys.add(`${start}~${i}`);
    }
  }
  return [...keys].sort(compareUtf8);
}

async function list(
  given: Partial<Given> & { keys: readonly string[]; boundaries: readonly string[] },
): Promise<SourceMemory> {
  const { keys, boundaries, pageKeys = 1_000, shortPages = false, slots = 4, seed = 1 } = given;
  const server = createKeyServer({
    objects: new Map(keys.map((key) => [key, 1])),
    knobs: { pageKeys, shortPages, emptyPages: false, failures: false, isUrlEncoded: true },
    random: createRandom(seed),
  });
  const end = await listLocks({
    prefix: "",
    memory: { boundaries },
    slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => slots },
    fetchPage: server.fetchPage,
    mayRetry: () => false,
    onPage: () => undefined,
  });
  return end.memory;
}

/** Compares with the same said in the simplest way. */
function checkMemory({ boundaries, segments }: SourceMemory, keys: readonly string[]): void {
  const states = new Set<string>();
  for (const key of keys) {
    const lock = parseLockObjectKey(key);
    if (key.endsWith(".tfstate")) states.add(key);
    if (lock.verdict === "lock") states.add(lock.stateKey);
  }
  expect(boundaries).toEqual([...new Set(boundaries)].sort(compareUtf8));
  expect(segments).toHaveLength(boundaries.length + 1);
  expect(segments?.reduce((sum, segment) => sum + segment.keys, 0)).toBe(keys.length);
  for (const [index, segment] of (segments ?? []).entries()) {
    const after = boundaries[index - 1] ?? "";
    const through = boundaries[index];
    const isIn = (key: string) =>
      compareUtf8(key, after) > 0 && (through === undefined || compareUtf8(key, through) <= 0);
    const own = [...states].filter((state) => isIn(`${state}.tflock`)).sort(compareUtf8);
    expect([index, segment.keys, segment.states]).toEqual([index, keys.filter(isIn).length, own.length]);
    if (own.length > STATE_KEYS_MAX) expect(segment.stateKeys).toEqual([]);
    else expect([own, []]).toContainEqual(segment.stateKeys);
  }
}
