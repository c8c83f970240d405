import { expect, test } from "vitest";
import type { SightingView } from "#lib/domain/lock-detail.ts";
import { buildTimeline, findDeparture } from "./lock-timeline.ts";

function aSighting(over: Partial<SightingView> = {}): SightingView {
  return {
    mechanism: "s3",
    location: "acme/network.tfstate.tflock",
    lockId: "b029be34",
    who: "ana@mbp",
    operation: "OperationTypeApply",
    firstSeenAt: "2026-11-23T03:00:00Z",
    lastSeenAt: "2026-11-23T03:10:00Z",
    goneAt: null,
    goneBy: null,
    unlockId: null,
    ...over,
  };
}

test("both halves of one lock come and go as one event each", () => {
  const history = [
    aSighting({ goneAt: "2026-11-23T03:10:00Z", goneBy: "elsewhere" }),
    aSighting({
      mechanism: "dynamodb",
      firstSeenAt: "2026-11-23T03:00:40Z",
      goneAt: "2026-11-23T03:10:30Z",
      goneBy: "elsewhere",
    }),
  ];

  const timeline = buildTimeline(history, []);

  expect(timeline.map((event) => event.kind)).toEqual(["gone", "seen"]);
  expect(timeline[1]).toMatchObject({ mechanisms: ["dynamodb", "s3"] });
});

test("halves with different IDs stay apart", () => {
  const history = [aSighting(), aSighting({ mechanism: "dynamodb", lockId: "another" })];

  expect(buildTimeline(history, [])).toHaveLength(2);
});

test("a half removed by us and one that went by itself are two events", () => {
  const history = [
    aSighting({ goneAt: "2026-11-23T03:10:00Z", goneBy: "unlock", unlockId: "01A" }),
    aSighting({ mechanism: "dynamodb", goneAt: "2026-11-23T03:10:00Z", goneBy: "elsewhere" }),
  ];

  expect(buildTimeline(history, []).filter((event) => event.kind === "gone")).toHaveLength(2);
});

test("the last half to go tells how the lock went", () => {
  const history = [
    aSighting({ goneAt: "2026-11-23T03:10:00Z", goneBy: "elsewhere" }),
    aSighting({ goneAt: "2026-11-23T03:20:00Z", goneBy: "unlock", unlockId: "01A" }),
  ];

  expect(findDeparture(history, [])).toEqual({ at: "2026-11-23T03:20:00Z", unlockId: "01A", unlock: null });
  expect(findDeparture([aSighting()], [])).toBeNull();
});
