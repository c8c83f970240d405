import { expect, test } from "vitest";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { createFoundFeed } from "./found-feed.ts";

type Stored = { readonly halves: readonly string[] };

function feedOf(recordFound: (halves: readonly string[]) => Promise<void>) {
  const pauses: { ms: number; end: () => void }[] = [];
  const warnings: string[] = [];
  const ctx = {
    now: () => 5_000,
    monotonicMs: () => 1_000,
    pause: (ms: number) => new Promise<void>((end) => pauses.push({ ms, end })),
    scanner: { clockOffsetMs: () => null },
    sightings: {
      recordFound: ({ halves }: { halves: readonly ObservedHalf[] }) =>
        recordFound(halves.map((half) => half.location)),
    },
    log: { warn: (_fields: unknown, message: string) => warnings.push(message) },
  };
  return { feed: createFoundFeed(ctx, { id: "s" } as Source, 400), pauses, warnings };
}

const half = (location: string) => ({ location }) as ObservedHalf;

test("the first finds are shown at once, and the others together after a second", async () => {
  const stored: Stored["halves"][] = [];
  const { feed, pauses } = feedOf(async (halves) => void stored.push(halves));
  feed.add([half("a")]);
  await expect.poll(() => pauses.length, { interval: 1 }).toBe(1);
  feed.add([half("b")]);
  feed.add([half("c")]);

  expect(stored).toEqual([["a"]]);
  expect(pauses[0]?.ms).toBe(1_000);
  pauses[0]?.end();
  await expect.poll(() => stored, { interval: 1 }).toEqual([["a"], ["b", "c"]]);
});

test("the end waits for what is being written, and what was not yet written is left to the sweep", async () => {
  const write = Promise.withResolvers<void>();
  const stored: Stored["halves"][] = [];
  const { feed } = feedOf((halves) => {
    stored.push(halves);
    return write.promise;
  });
  feed.add([half("a")]);
  feed.add([half("b")]);
  let isEnded = false;
  const end = feed.end().then(() => {
    isEnded = true;
  });
  await Promise.resolve();
  expect(isEnded).toBe(false);
  write.resolve();
  await end;
  feed.add([half("c")]);

  expect(stored).toEqual([["a"]]);
});

test("what cannot be stored is logged, and the sweep goes on", async () => {
  const { feed, warnings, pauses } = feedOf(() => Promise.reject(new Error("the database is away")));
  feed.add([half("a")]);
  await expect.poll(() => pauses.length, { interval: 1 }).toBe(1);
  await feed.end();

  expect(warnings).toEqual(["could not show what a sweep found before its end"]);
});
