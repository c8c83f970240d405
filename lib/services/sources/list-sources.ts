import type { SourceState } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { formatTime } from "#lib/services/format-time.ts";
import type { Context } from "#lib/services/ports.ts";

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
    lastRefreshAtMs: null,
    refreshRequests: null,
    readUnits: null,
    notice: null,
  };
}
