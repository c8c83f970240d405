import { may } from "#lib/domain/access/access.ts";
import { placeOfSource } from "#lib/domain/access/places.ts";
import type { Source, SourceState } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { formatTime } from "#lib/services/format-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { foreseeLook, neverSwept } from "./look-at.ts";

/** Every configured source that the actor may see, with the outcome of its last looks; one that was never swept is `pending`. `read` spares reading twice. */
export async function listSources(
  ctx: Context,
  read: Promise<readonly SourceState[]> = ctx.sightings.listSourceStates(),
): Promise<readonly SourceView[]> {
  const states = new Map((await read).map((state) => [state.sourceId, state]));
  return visibleSources(ctx).map((source) => {
    const state = states.get(source.id) ?? neverSwept(source.id);
    const running = ctx.sweeps.running.get(source.id);
    const { next, nextAtMs, cost } = foreseeLook(ctx, source, state);
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
      lastRefreshAt: formatTime(state.lastRefreshAtMs),
      lastAttemptAt: formatTime(state.lastAttemptAtMs),
      nextLookAt: formatTime(nextAtMs),
      nextLook: next.kind,
      durationMs: state.durationMs,
      requests: state.requests,
      objectsSeen: state.objectsSeen,
      locksFound: state.locksFound,
      foreignSeen: state.foreignSeen,
      error: state.error,
      notice: state.notice,
      requestsPerDay: cost?.requestsPerDay ?? null,
      dollarsPerMonth: cost?.dollarsPerMonth ?? null,
      requestsPerDayMax: ctx.scanRuleOf(source).requestsPerDay,
      running:
        running === undefined ? null : { startedAt: new Date(running.startedAtMs).toISOString(), ...running.progress },
    };
  });
}

/** The configured sources of which the actor may see something. */
export function visibleSources({ access, sources }: Pick<Context, "access" | "sources">): readonly Source[] {
  return sources.filter((source) => may(access, "locks.view", placeOfSource(source)));
}
