import { expect, test } from "vitest";
import { createSharedSlots } from "./shared-slots.ts";

test("never more slots at once than there are, and a slot given back twice is one slot", async () => {
  const lane = createSharedSlots(2).openLane();
  const releases = [await lane.acquire(), await lane.acquire()];
  const order: string[] = [];
  const third = lane.acquire().then(() => order.push("third"));
  const fourth = lane.acquire().then(() => order.push("fourth"));
  await Promise.resolve();
  expect(order).toEqual([]);

  releases[0]?.();
  releases[0]?.();
  await third;
  expect(order).toEqual(["third"]);
  releases[1]?.();
  await fourth;
});

test("a lane with many requests lets another have every second slot", async () => {
  const slots = createSharedSlots(1);
  const [big, small] = [slots.openLane(), slots.openLane()];
  const release = await big.acquire();
  const order: string[] = [];
  const use = async (name: string, lane: typeof big) => {
    const done = await lane.acquire();
    order.push(name);
    done();
  };
  const all = [...Array.from({ length: 5 }, () => use("big", big)), use("small", small), use("small", small)];
  release();
  await Promise.all(all);
  expect(order).toEqual(["big", "small", "big", "small", "big", "big", "big"]);
});
