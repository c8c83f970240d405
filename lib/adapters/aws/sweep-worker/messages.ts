import type { ObservedHalf } from "#lib/domain/half.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SourceMemory } from "#lib/domain/source-memory.ts";
import type { SweepProgress, SweepResult } from "#lib/services/ports/scanning.ts";

/** What the thread that sweeps is asked for; the known halves were sent before it, in parcels. */
export type LookRequest = { readonly id: number; readonly source: Source } & (
  | { readonly kind: "sweep"; readonly memory: SourceMemory | undefined }
  | { readonly kind: "refresh"; readonly plan: RefreshPlan }
);

/** A half without the bytes of its body, where these are the known ones: then `knownBody` says of which known half. */
export type SentHalf = { readonly half: ObservedHalf; readonly knownBody: number | null };

export type ClockSample = { readonly offsetMs: number; readonly takenAtMs: number; readonly isAws: boolean };

export type ToWorker =
  | { readonly kind: "known"; readonly id: number; readonly halves: readonly ObservedHalf[] }
  | { readonly kind: "look"; readonly request: LookRequest }
  /** Sweeps that wait for a table's capacity are to end with what they have. */
  | { readonly kind: "stop_waiting" };

export type FromWorker =
  | { readonly kind: "progress"; readonly id: number; readonly progress: SweepProgress }
  /** Halves found so far are news; the others follow at the end, before the result. */
  | { readonly kind: "halves"; readonly id: number; readonly halves: readonly SentHalf[]; readonly isNews: boolean }
  /** `order` has the result's halves as numbers of those that were sent. */
  | {
      readonly kind: "ended";
      readonly id: number;
      readonly result: Omit<SweepResult, "halves">;
      readonly order: Int32Array;
    }
  /** A mistake of ours: a scanner never throws. */
  | { readonly kind: "failed"; readonly id: number; readonly cause: string }
  | { readonly kind: "clock"; readonly samples: readonly (readonly [id: string, sample: ClockSample])[] };

/** Halves in one message: few enough that reading them does not hold up a request. */
const PARCEL_HALVES = 250;

/** Cuts a long list in parcels. */
export function parcelsOf<T>(items: readonly T[]): T[][] {
  const parcels: T[][] = [];
  for (let from = 0; from < items.length; from += PARCEL_HALVES) parcels.push(items.slice(from, from + PARCEL_HALVES));
  return parcels;
}
