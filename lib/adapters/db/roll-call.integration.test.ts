import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Coverage } from "#lib/services/ports/scanning.ts";
import { sampleHalf, sampleSource, sampleSweep } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const PLACES = ["a", "b", "c"];
const EVERYWHERE: Coverage = { kind: "part", ranges: [{ after: "", through: null }], locations: [] };

type Step =
  | { kind: "look"; atMs: number; isSweep: boolean; isOk: boolean; seen: readonly string[] }
  | { kind: "found"; atMs: number; seen: readonly string[] }
  | { kind: "unlock"; atMs: number; place: string };
type Row = { place: string; firstMs: number; lastMs: number; sweeps: number; goneMs: number | null };

/** The same rules, with every number written down at once. */
class Ledger {
  readonly rows: Row[] = [];
  #completeMs = 0;

  take(step: Step): void {
    if (step.kind === "unlock") {
      for (const row of this.#current(step.place)) row.goneMs = step.atMs;
    } else if (step.kind === "look") this.#look(step);
    else if (step.atMs >= this.#completeMs) for (const place of step.seen) this.#add(place, step.atMs, 0);
  }

  #look({ atMs, isSweep, isOk, seen }: Step & { kind: "look" }): void {
    const before = PLACES.flatMap((place) => this.#current(place));
    for (const row of before.filter(({ place }) => seen.includes(place))) {
      row.sweeps += isSweep || atMs - row.firstMs >= 30_000 ? 1 : 0;
      row.firstMs = Math.min(row.firstMs, atMs);
      row.lastMs = Math.max(row.lastMs, atMs);
    }
    for (const place of seen) this.#add(place, atMs, isSweep ? 1 : 0);
    if (!isOk) return;
    const gone = before.filter(({ place, lastMs }) => !seen.includes(place) && lastMs < atMs);
    for (const row of gone) row.goneMs = atMs + 10;
    if (isSweep) this.#completeMs = Math.max(this.#completeMs, atMs);
  }

  #add(place: string, atMs: number, sweeps: number): void {
    if (this.rows.some((row) => row.place === place && (row.goneMs ?? Number.POSITIVE_INFINITY) >= atMs)) return;
    const goneMs = this.#completeMs > atMs ? this.#completeMs : null;
    this.rows.push({ place, firstMs: atMs, lastMs: atMs, sweeps, goneMs });
  }

  #current(place: string): readonly Row[] {
    return this.rows.filter((row) => row.place === place && row.goneMs === null);
  }
}

const atMs = fc.integer({ min: 1, max: 8 }).map((tick) => tick * 10_000);
const seen = fc.subarray(PLACES);
const mostlyAll = fc.oneof({ weight: 3, arbitrary: fc.constant(PLACES) }, { weight: 2, arbitrary: seen });
const mostly = fc.integer({ min: 0, max: 3 }).map((n) => n > 0);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("look"), atMs, isSweep: mostly, isOk: mostly, seen: mostlyAll }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("found"), atMs, seen }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unlock"), atMs, place: fc.constantFrom(...PLACES) }) },
);

const inOrder = fc
  .array(step, { minLength: 4, maxLength: 8 })
  .map((steps) => steps.toSorted((a, b) => a.atMs - b.atMs));
/** Recorded after looks that began later. */
const late = fc.array(step, { maxLength: 3 });

test("whatever the order of looks, readers see the numbers that would be there had each been written at once", async () => {
  const { sightings } = db.stores;
  const run = fc.asyncProperty(inOrder, late, async (steps, lateSteps) => {
    const source = sampleSource("s3");
    const halfAt = (place: string) => sampleHalf(source, place, { bucket: source.id });
    const ledger = new Ledger();
    for (const taken of [...steps, ...lateSteps]) {
      ledger.take(taken);
      if (taken.kind === "unlock") {
        const half = halfAt(taken.place);
        const wasCurrent = (await sightings.listCurrentOf(source.id)).some(({ stateKey }) => stateKey === taken.place);
        // Without a current half it would claim a past one, which changes no number.
        if (wasCurrent) await sightings.markGone({ address: half, ...half, atMs: taken.atMs, unlockId: "u" });
      } else if (taken.kind === "found") {
        await sightings.recordFound({ source, startedAtMs: taken.atMs, halves: taken.seen.map(halfAt) });
      } else {
        const over = {
          outcome: taken.isOk ? "ok" : "partial",
          ...(taken.isSweep ? {} : { coverage: EVERYWHERE }),
        } as const;
        await sightings.recordSweep(sampleSweep(source, taken.atMs, taken.seen.map(halfAt), over));
      }
      expect((await sightings.listCurrentOf(source.id)).map(toRow).map(format).toSorted()).toEqual(
        ledger.rows
          .filter(({ goneMs }) => goneMs === null)
          .map(format)
          .toSorted(),
      );
    }
    const histories = await Promise.all(
      PLACES.map((stateKey) => sightings.listOfStatePath({ bucket: source.id, stateKey, limit: 99 })),
    );
    expect(histories.flat().map(toRow).map(format).toSorted()).toEqual(ledger.rows.map(format).toSorted());
  });
  await fc.assert(run, { numRuns: 30 });
}, 60_000);

test("a sweep that saw all as before writes no row of a sighting, and readers load none", async () => {
  const { sightings } = db.stores;
  const [source, other] = [sampleSource("s3"), sampleSource("s3")];
  const halves = PLACES.map((place) => sampleHalf(source, place));
  await sightings.recordSweep(sampleSweep(other, 1_000, [sampleHalf(other, "z")]));
  await sightings.recordSweep(sampleSweep(source, 1_000, halves));
  const before = await sightings.listCurrent();
  const [written, revision] = [await versionsOf(source.id), await revisionOf(source.id)];
  await sightings.recordSweep(sampleSweep(source, 2_000, halves));
  expect(await versionsOf(source.id)).toEqual(written);
  expect(await revisionOf(source.id)).toBe(revision);
  const after = await sightings.listCurrent();
  expect(after.filter(({ sourceId }) => sourceId === source.id)).toMatchObject(
    PLACES.map(() => ({ lastSeenAtMs: 2_000, sweepsSeen: 2 })),
  );
  // Of the other source it is the same object: nothing of it was read again.
  const ofOther = ({ sourceId }: HalfSighting) => sourceId === other.id;
  expect(after.find(ofOther)).toBe(before.find(ofOther));
  await sightings.recordSweep(sampleSweep(source, 3_000, halves.slice(1)));
  expect((await sightings.listCurrent()).find(ofOther)).toBe(before.find(ofOther));
  const [gone] = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "a", limit: 1 });
  expect(gone).toMatchObject({ sourceId: source.id, lastSeenAtMs: 2_000, sweepsSeen: 2, goneAtMs: 3_010 });
});

/** The transactions that wrote the rows of a source's sightings last. */
async function versionsOf(sourceId: string): Promise<unknown> {
  return db.database.prisma.$queryRaw`
    SELECT id, xmin::text FROM sighting WHERE source_json = ${JSON.stringify(sourceId)} ORDER BY id`;
}

async function revisionOf(sourceId: string): Promise<bigint | undefined> {
  const where = { sourceJson: JSON.stringify(sourceId) };
  return (await db.database.prisma.sourceState.findUnique({ where }))?.revision;
}

function toRow(sighting: HalfSighting): Row {
  const { stateKey, firstSeenAtMs, lastSeenAtMs, sweepsSeen, goneAtMs } = sighting;
  return { place: stateKey, firstMs: firstSeenAtMs, lastMs: lastSeenAtMs, sweeps: sweepsSeen, goneMs: goneAtMs };
}

function format({ place, firstMs, lastMs, sweeps, goneMs }: Row): string {
  return `${place}: ${sweeps} sweeps from ${firstMs} to ${lastMs}, gone ${goneMs}`;
}
