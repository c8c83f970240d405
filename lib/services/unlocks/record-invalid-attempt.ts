import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { AuditEntry, AuditTrail, Context } from "#lib/services/ports.ts";

const TEXT_LENGTH_MAX = 200;
const RECORDED_PER_MINUTE_MAX = 60;
const MINUTE_MS = 60_000;

/** What a request asked for, as far as it can be told: `body` may be anything, or null where there was no JSON. */
export type AskedUnlock = { readonly body: unknown; readonly idempotencyKey: string | null };

/**
 * Puts on the trail that somebody asked for what cannot be an unlock. Nothing was going to be sent, so a trail that cannot be
 * written is logged and counted, and the answer stays what it was.
 */
export async function recordInvalidAttempt(ctx: Context, asked: AskedUnlock, error: unknown): Promise<void> {
  if (!(error instanceof AppError) || (error.code !== "invalid" && error.code !== "not_found")) return;
  const room = takeRoom(ctx);
  if (room === "none") return;
  try {
    const entry: AuditEntry = {
      action: "unlock.invalid",
      actor: ctx.actor,
      atMs: ctx.now(),
      requestId: ctx.requestId,
      unlockId: null,
      details:
        room === "last"
          ? { note: "There are too many invalid attempts: those that follow within this minute are not recorded." }
          : { refusal: error.code, problem: cut(error.message), asked: describeAsked(asked) },
    };
    await recordInTime(ctx, () => ctx.audit.append(entry));
  } catch (failure) {
    ctx.log.error({ cause: String(failure), problem: error.message }, "could not record an invalid attempt to unlock");
  }
}

function describeAsked({ body, idempotencyKey }: AskedUnlock): Record<string, unknown> {
  const fields: Readonly<Record<string, unknown>> = typeof body === "object" && body !== null ? { ...body } : {};
  const { key, lockId, fingerprint, reason } = fields;
  return {
    key: cut(key),
    lockId: cut(lockId),
    fingerprint: cut(fingerprint),
    reason: cut(reason),
    idempotencyKey: cut(idempotencyKey),
  };
}

/** Anything but text is told by its kind alone. */
function cut(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value.slice(0, TEXT_LENGTH_MAX) : `(${typeof value})`;
}

type Minute = { readonly startedMs: number; recorded: number };

/** Of each process's trail, so that a flood of nonsense can fill neither it nor the disk. */
const minutes = new WeakMap<AuditTrail, Minute>();

function takeRoom(ctx: Context): "some" | "last" | "none" {
  const nowMs = ctx.monotonicMs();
  const last = minutes.get(ctx.audit);
  const minute = last !== undefined && nowMs - last.startedMs < MINUTE_MS ? last : { startedMs: nowMs, recorded: 0 };
  minutes.set(ctx.audit, minute);
  minute.recorded += 1;
  if (minute.recorded <= RECORDED_PER_MINUTE_MAX) return "some";
  return minute.recorded === RECORDED_PER_MINUTE_MAX + 1 ? "last" : "none";
}
