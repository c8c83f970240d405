import { actorKey } from "#lib/domain/actor.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditEntry, AuditTrail } from "#lib/services/ports/trail.ts";

const RECORDED_PER_MINUTE_MAX = 60;
const MINUTE_MS = 60_000;

type Recorder = Pick<
  Context,
  "actor" | "audit" | "counters" | "log" | "monotonicMs" | "now" | "requestId" | "storeAnswerMsMax"
>;

/**
 * Puts an attempt that came to nothing on the trail, at most sixty of a kind and actor in a minute and then one word that more came.
 * Nothing was going to be done, so a trail that cannot be written is logged and counted, and never thrown.
 */
export async function recordFew(
  ctx: Recorder,
  action: AuditEntry["action"],
  details: AuditEntry["details"],
): Promise<void> {
  const room = takeRoom(ctx, action);
  if (room === "none") return;
  const note = "There are too many such attempts: those that follow within this minute are not recorded.";
  const entry: AuditEntry = {
    action,
    actor: ctx.actor,
    atMs: ctx.now(),
    requestId: ctx.requestId,
    unlockId: null,
    details: room === "last" ? { note } : details,
  };
  try {
    await recordInTime(ctx, () => ctx.audit.append(entry));
  } catch (failure) {
    ctx.log.error({ cause: String(failure), action }, "could not record an attempt that came to nothing");
  }
}

type Minute = { readonly startedMs: number; readonly recorded: Map<string, number> };

/** Of each process's trail, so that a flood of nonsense can fill neither it nor the disk. */
const minutes = new WeakMap<AuditTrail, Minute>();

function takeRoom(ctx: Recorder, action: string): "some" | "last" | "none" {
  const nowMs = ctx.monotonicMs();
  const last = minutes.get(ctx.audit);
  const minute =
    last !== undefined && nowMs - last.startedMs < MINUTE_MS ? last : { startedMs: nowMs, recorded: new Map() };
  minutes.set(ctx.audit, minute);
  // A stranger may take any name: all of them share one room.
  const key = JSON.stringify([action, ctx.actor.kind === "stranger" ? "" : actorKey(ctx.actor)]);
  const recorded = (minute.recorded.get(key) ?? 0) + 1;
  minute.recorded.set(key, recorded);
  if (recorded <= RECORDED_PER_MINUTE_MAX) return "some";
  return recorded === RECORDED_PER_MINUTE_MAX + 1 ? "last" : "none";
}
