import fc from "fast-check";
import { expect } from "vitest";
import type { ListingMemory } from "#lib/adapters/aws/listing/boundaries.ts";
import { listLocks } from "#lib/adapters/aws/listing/list-locks.ts";
import type { PairedLock } from "#lib/adapters/aws/listing/lock-pairing.ts";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import { createKeyServer, FlakyError, type KeyServerKnobs } from "./key-server.ts";

/** Characters of five scripts, those around which UTF-8 and UTF-16 sort differently, and those that directories are made of. */
const CHARACTERS = [
  ..."ab09/-_~. +%&",
  ...[
    "é",
    "ж",
    "日",
    "ع",
    "\u007f",
    "\u0001",
    "\u{1F680}",
    "\uD7FF",
    "\uE000",
    "\uFF21",
    "\uFFFD",
    "\u{10000}",
    "\u{10FFFF}",
  ],
];
const segment = fc.array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
const path = fc.oneof(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/")),
  fc.nat({ max: 2_000 }).map((number) => `env:/ws-${number}/x`),
  fc.nat({ max: 300 }).map((number) => `p/${String(number).padStart(4, "0")}`),
);
const SUFFIXES = ["", ".tflock", "-backup", "!", ".tflock.tflock", "/x", ".tflock/x", ".tflock-x"];
/** A state, its lock, and what may be listed between and around them. */
const family = fc
  .tuple(path, fc.subarray(SUFFIXES, { minLength: 1 }))
  .map(([start, ends]) => ends.map((end) => start + end));
const strayBoundary = fc.oneof(path, fc.string({ unit: "binary", maxLength: 6 }));

/** One bucket, what happens to it, and how it is listed. */
export const listingCase = fc
  .record({
    families: fc.array(family, { maxLength: 30 }),
    strayBoundaries: fc.array(strayBoundary, { maxLength: 4 }),
    slots: fc.integer({ min: 1, max: 8 }),
    knobs: fc.record<KeyServerKnobs>({
      pageKeys: fc.integer({ min: 1, max: 7 }),
      shortPages: fc.boolean(),
      emptyPages: fc.boolean(),
      failures: fc.boolean(),
      isUrlEncoded: fc.boolean(),
    }),
    seed: fc.integer(),
  })
  .chain(({ families, strayBoundaries, ...rest }) => {
    const keys = [...new Set(families.flat())];
    return fc.record({
      keys: fc.constant(keys),
      passing: fc.subarray(keys, { maxLength: Math.min(keys.length, 10) }),
      // Boundaries are often keys of the bucket, as the remembered ones are.
      boundaries: fc.subarray(keys).map((chosen) => [...chosen, ...strayBoundaries]),
      ...constants(rest),
    });
  });

function constants<T extends Record<string, unknown>>(values: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
  const entries = Object.entries(values).map(([name, value]) => [name, fc.constant(value)]);
  return Object.fromEntries(entries);
}

export type ListingCase = typeof listingCase extends fc.Arbitrary<infer T> ? T : never;

/** Lists cold, from arbitrary boundaries, and from what was remembered; each must find exactly the locks that are there. */
export async function checkListing(given: ListingCase): Promise<void> {
  const cold = await listAndCheck(given, { boundaries: [] });
  await listAndCheck(given, { boundaries: given.boundaries });
  await listAndCheck(given, cold);
}

async function listAndCheck(given: ListingCase, memory: ListingMemory): Promise<ListingMemory> {
  const random = createRandom(given.seed);
  // A key's number is its size, so that a state can be told from every other.
  const sizes = new Map(given.keys.map((name, index) => [name, index]));
  const { passing } = given;
  const lasting = given.keys.filter((name) => !passing.includes(name));
  const server = createKeyServer({
    objects: sizes,
    knobs: given.knobs,
    random,
    onRequest() {
      const name = passing[random(passing.length + 1)];
      if (name === undefined) return;
      if (random(2) === 0) server.put(name, sizes.get(name) ?? 0);
      else server.remove(name);
    },
  });
  const found: PairedLock[] = [];
  let objectsSeen = 0;
  const end = await listLocks({
    prefix: "",
    memory,
    slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => given.slots },
    fetchPage: server.fetchPage,
    mayRetry: (cause) => cause instanceof FlakyError,
    onPage(page) {
      found.push(...page.locks);
      objectsSeen += page.objectsSeen;
    },
  });

  const names = found.map((lock) => lock.key);
  expect(new Set(names).size).toBe(names.length);
  const isPassing = (name: string) => passing.includes(name);
  const lastingFound = found.filter((lock) => !isPassing(lock.key));
  const expected = lasting.filter((name) => parseLockObjectKey(name).verdict === "lock");
  expect(lastingFound.map((lock) => lock.key).sort()).toEqual(expected.toSorted());
  for (const { key: name, stateKey, state, sizeBytes } of lastingFound) {
    expect(sizeBytes).toBe(sizes.get(name));
    if (!isPassing(stateKey) || state !== null) expect([name, state?.sizeBytes]).toEqual([name, sizes.get(stateKey)]);
  }
  expect(objectsSeen).toBeGreaterThanOrEqual(lasting.length);
  if (passing.length === 0) expect(objectsSeen).toBe(lasting.length);
  expect(end.requests).toBe(server.requests());
  return end.memory;
}

/** A small generator of numbers, so that a failing case can be run again. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
}
