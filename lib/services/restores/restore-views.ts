import { formatActor } from "#lib/domain/actor.ts";
import type { Restore } from "#lib/domain/restore.ts";
import type { RestoreView } from "#lib/domain/restore-view.ts";
import { formatTime } from "#lib/services/format-time.ts";

export function toRestoreView(restore: Restore): RestoreView {
  return {
    id: restore.id,
    unlockId: restore.unlockId,
    outcome: restore.outcome,
    actor: formatActor(restore.actor),
    reason: restore.reason,
    requestedAt: new Date(restore.requestedAtMs).toISOString(),
    intentAt: formatTime(restore.intentAtMs),
    deadlineAt: formatTime(restore.deadlineAtMs),
    outcomeAt: formatTime(restore.outcomeAtMs),
    halves: restore.halves.map((half) => ({
      mechanism: half.mechanism,
      outcome: half.outcome,
      detail: half.detail,
      location: half.location,
      sourceId: half.sourceId,
      awsRequestIds: half.awsRequestIds,
    })),
  };
}
