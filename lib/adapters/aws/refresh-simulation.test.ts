import { expect, test } from "vitest";
import { simulateRefresh } from "#bench/refresh.ts";
import { isInRange } from "#lib/domain/key-range.ts";
import { DOLLARS_PER_GET, estimatePlanPrice, planRefresh } from "#lib/domain/plan-refresh.ts";
import { DEFAULT_SCAN_RULE } from "#lib/domain/scan-schedule.ts";
import { listLocks } from "./listing/list-locks.ts";
import { createKeyServer } from "./listing/testing/key-server.ts";

const SHAPE = { keys: 1_000_000, teams: 4, statesPerTeam: 45, strays: 20, newStates: 12, locks: 600 };

test("over five hours refreshes see every lock beside a known state, and no range is colder than its limit", () => {
  const figures = simulateRefresh({ ...SHAPE, lastsMs: 5 * 3_600_000 });

  expect(figures.missed).toBe(0);
  expect(figures.locksSeen).toBeGreaterThan(300);
  expect(figures.refreshes).toBeGreaterThan(280);
  expect(figures.knownSeenAfterMs).toBeLessThanOrEqual(DEFAULT_SCAN_RULE.everyMs + 2 * figures.sweepMs);
  expect(figures.coldAgeMs).toBeLessThanOrEqual(DEFAULT_SCAN_RULE.coldEveryMs + figures.sweepMs);
  expect(figures.requests / figures.sweepRequests).toBeLessThan(1 / 15);
  expect(figures.dollars / figures.sweepDollars).toBeLessThan(1 / 30);
});

test("states that lie anywhere cost more requests, and still a small part of the money", () => {
  const figures = simulateRefresh({ ...SHAPE, teams: 0, statesPerTeam: 0, strays: 200, lastsMs: 3 * 3_600_000 });

  expect(figures.missed).toBe(0);
  expect(figures.requests / figures.sweepRequests).toBeLessThan(1 / 4);
  expect(figures.dollars / figures.sweepDollars).toBeLessThan(1 / 20);
});

test("the plan of a bucket that was really listed reaches the lock of each of its states", async () => {
  const states = [
    ...Array.from({ length: 60 }, (_, index) => `teams/core/service-${index}/terraform.tfstate`),
    ...Array.from({ length: 7 }, (_, index) => `data/${index}500/stray/terraform.tfstate`),
  ];
  const filler = Array.from({ length: 20_000 }, (_, index) => `data/${String(index).padStart(5, "0")}`);
  const server = createKeyServer({
    objects: new Map([...states, ...filler, "odd/lock.tflock"].map((key) => [key, 1])),
    knobs: { pageKeys: 1_000, shortPages: false, emptyPages: false, failures: false, isUrlEncoded: true },
    random: () => 0,
  });
  const { memory } = await listLocks({
    prefix: "",
    memory: { boundaries: [] },
    slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => 8 },
    fetchPage: server.fetchPage,
    mayRetry: () => false,
    onPage: () => undefined,
  });

  const plan = planRefresh(memory, ["odd/lock.tflock", "elsewhere.tflock"]);

  expect(plan?.locations.length).toBeLessThan(12);
  expect(plan && estimatePlanPrice(plan, memory) / DOLLARS_PER_GET).toBeLessThan(40);
  const places = [...states.map((state) => `${state}.tflock`), "odd/lock.tflock", "elsewhere.tflock"];
  const unseen = places.filter((place) => {
    return !plan?.locations.includes(place) && !plan?.ranges.some((range) => isInRange(place, range));
  });
  expect(unseen).toEqual([]);
});
