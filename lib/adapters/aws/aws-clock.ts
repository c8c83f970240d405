import type { MiddlewareStack } from "@smithy/types";
import type { Source } from "#lib/domain/source.ts";
import { readAwsDate, watchHeaders } from "./aws-date.ts";
import type { ClockSample } from "./sweep-worker/messages.ts";

export type AwsClock = {
  /** Learns AWS's time from every answer that a client of this source gets. */
  readonly watch: <Input extends object, Output extends object>(
    stack: MiddlewareStack<Input, Output>,
    source: Source,
  ) => void;
  /** AWS's time minus ours; null before the first answer. Good to half a second and half the answer's round trip. */
  readonly offsetMs: () => number | null;
  /** Takes in what another thread's clock learned. */
  readonly learn: (id: string, sample: ClockSample) => void;
};

/** Samples further from the newest are left out: after our own clock jumped, each account would otherwise be wrong for a sweep. */
const SAMPLES_LAST_MS = 5 * 60_000;
/** `Date` is rounded down to a second, so the true time is half a second later on average. */
const ROUNDED_DOWN_MS = 500;

/**
 * Keeps the newest sample of each account and service. The clock is their median, and AWS's own alone where there are any, so
 * that one store with a wrong clock cannot spoil it. `onSample` is told of each, for the clock of another thread.
 */
export function createAwsClock(now: () => number, onSample?: AwsClock["learn"]): AwsClock {
  const samples = new Map<string, ClockSample>();
  let newestAtMs = 0;

  function learn(id: string, sample: ClockSample): void {
    newestAtMs = sample.takenAtMs;
    samples.set(id, sample);
    onSample?.(id, sample);
  }

  return {
    learn,
    watch(stack, { account, kind }) {
      const isAws = account.endpoints[kind] === null;
      watchHeaders(stack, {
        name: "lockkeeperAwsClock",
        now,
        onHeaders(headers, sentAtMs) {
          // A portal has a clock too, but no request IDs.
          const isAnswer = headers["x-amz-request-id"] !== undefined || headers["x-amzn-requestid"] !== undefined;
          const dateMs = readAwsDate(headers);
          if (!isAnswer || dateMs === null) return;
          const takenAtMs = now();
          const offsetMs = dateMs + ROUNDED_DOWN_MS - (sentAtMs + takenAtMs) / 2;
          learn(`${account.name} ${kind}`, { offsetMs, takenAtMs, isAws });
        },
      });
    },
    offsetMs() {
      const recent = [...samples.values()].filter(
        ({ takenAtMs }) => Math.abs(takenAtMs - newestAtMs) <= SAMPLES_LAST_MS,
      );
      const preferred = recent.some(({ isAws }) => isAws) ? recent.filter(({ isAws }) => isAws) : recent;
      return medianOf(preferred.map(({ offsetMs }) => offsetMs));
    },
  };
}

function medianOf(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}
