import { recordFew } from "#lib/services/audit/record-few.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

const TEXT_LENGTH_MAX = 200;

/** What a request asked for, as far as it can be told: `body` may be anything, or null where there was no JSON. */
export type AskedUnlock = { readonly body: unknown; readonly idempotencyKey: string | null };

/** Puts on the trail that somebody asked for what cannot be an unlock. Never throws: the answer stays what it was. */
export async function recordInvalidAttempt(ctx: Context, asked: AskedUnlock, error: unknown): Promise<void> {
  if (!(error instanceof AppError) || (error.code !== "invalid" && error.code !== "not_found")) return;
  await recordFew(ctx, "unlock.invalid", {
    refusal: error.code,
    problem: cut(error.message),
    asked: describeAsked(asked),
  });
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
