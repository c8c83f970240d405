import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { SweepProgress } from "#lib/services/ports/scanning.ts";
import { createAwsClock } from "./aws-clock.ts";
import { createScanner } from "./source-scanner.ts";
import { unpackKnown } from "./sweep-worker/half-parcels.ts";
import {
  type ClockSample,
  type FromWorker,
  type LookRequest,
  parcelsOf,
  type ToWorker,
} from "./sweep-worker/messages.ts";

/** The thread that sweeps: a scanner of its own, whose answers go to the thread that serves requests. */

/** A page that shows progress needs no more than this, and a bucket may give a thousand pages a second. */
const PROGRESS_EVERY_MS = 100;
/** Between two long messages the other thread may answer requests. */
const PARCEL_PAUSE_MS = 5;

const newSamples = new Map<string, ClockSample>();
const clock = createAwsClock(Date.now, (id, sample) => newSamples.set(id, sample));
const closing = new AbortController();
const scanner = createScanner({ ...workerData, clock, closing: closing.signal });
const knownOf = new Map<number, ObservedHalf[]>();

parentPort?.on("message", (message: ToWorker) => {
  if (message.kind === "known") {
    const known = knownOf.get(message.id) ?? [];
    known.push(...message.halves);
    knownOf.set(message.id, known);
  } else if (message.kind === "stop_waiting") {
    closing.abort();
  } else {
    const { request } = message;
    look(request).catch((cause: unknown) => {
      send({ kind: "failed", id: request.id, cause: String(cause instanceof Error ? cause.stack : cause) });
    });
  }
});

async function look(request: LookRequest): Promise<void> {
  const { id, source } = request;
  const { known, pack } = unpackKnown(knownOf.get(id) ?? []);
  knownOf.delete(id);
  const numbers = new Map<ObservedHalf, number>();
  const sendHalves = (halves: readonly ObservedHalf[], isNews: boolean) => {
    for (const half of halves) numbers.set(half, numbers.size);
    send({ kind: "halves", id, halves: halves.map(pack), isNews });
  };
  const onFound = (halves: readonly ObservedHalf[]) => {
    for (const parcel of parcelsOf(halves)) sendHalves(parcel, true);
  };
  const { halves, ...result } =
    request.kind === "refresh"
      ? await scanner.refresh(source, known, request.plan)
      : await scanner.sweep(source, known, reportProgress(id), {
          onFound,
          ...(request.memory !== undefined && { memory: request.memory }),
        });
  for (const parcel of parcelsOf(halves.filter((half) => !numbers.has(half)))) {
    sendHalves(parcel, false);
    await pause(PARCEL_PAUSE_MS);
  }
  sendClock();
  send({ kind: "ended", id, result, order: Int32Array.from(halves, (half) => numbers.get(half) ?? -1) });
}

function reportProgress(id: number): (progress: SweepProgress) => void {
  let sentAtMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs - sentAtMs < PROGRESS_EVERY_MS) return;
    sentAtMs = nowMs;
    sendClock();
    send({ kind: "progress", id, progress });
  };
}

/** Before what it belongs to, so that whoever has a result also has the time it came at. */
function sendClock(): void {
  if (newSamples.size === 0) return;
  send({ kind: "clock", samples: [...newSamples] });
  newSamples.clear();
}

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}
