import type { Mechanism, SourceError, SourceState, SourceStatus } from "#lib/domain/source.ts";
import type { Context } from "./ports.ts";

/** A source as the API answers it. `running` tells how far the present sweep in this process has come. */
export type SourceView = {
  readonly id: string;
  readonly account: string;
  readonly accountId: string;
  readonly kind: Mechanism;
  readonly name: string;
  readonly region: string;
  readonly prefix: string;
  readonly status: SourceStatus;
  readonly lastScanAt: string | null;
  readonly lastAttemptAt: string | null;
  readonly durationMs: number | null;
  readonly requests: number | null;
  readonly objectsSeen: number | null;
  readonly locksFound: number | null;
  readonly foreignSeen: number | null;
  readonly error: SourceError | null;
  readonly running: {
    readonly startedAt: string;
    readonly pages: number;
    readonly objectsSeen: number;
    readonly locksFound: number;
  } | null;
};

/** Every configured source with the outcome of its last sweep; one that was never swept is `pending`. */
export async function listSources(ctx: Context): Promise<readonly SourceView[]> {
  const states = new Map((await ctx.sightings.listSourceStates()).map((state) => [state.sourceId, state]));
  return ctx.sources.map((source) => {
    const state = states.get(source.id) ?? neverSwept(source.id);
    const running = ctx.sweeps.running.get(source.id);
    return {
      id: source.id,
      account: source.account.name,
      accountId: source.account.id,
      kind: source.kind,
      name: source.name,
      region: source.region,
      prefix: source.prefix,
      status: state.status,
      lastScanAt: formatTime(state.lastScanAtMs),
      lastAttemptAt: formatTime(state.lastAttemptAtMs),
      durationMs: state.durationMs,
      requests: state.requests,
      objectsSeen: state.objectsSeen,
      locksFound: state.locksFound,
      foreignSeen: state.foreignSeen,
      error: state.error,
      running:
        running === undefined ? null : { startedAt: new Date(running.startedAtMs).toISOString(), ...running.progress },
    };
  });
}

function neverSwept(sourceId: string): SourceState {
  return {
    sourceId,
    status: "pending",
    lastScanAtMs: null,
    lastAttemptAtMs: null,
    durationMs: null,
    requests: null,
    objectsSeen: null,
    locksFound: null,
    foreignSeen: null,
    error: null,
  };
}

function formatTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
