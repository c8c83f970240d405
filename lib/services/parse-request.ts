import { checkReason } from "#lib/domain/unlock.ts";
import { AppError } from "./errors.ts";

/** A reason as it goes on record; throws `invalid` for one that says too little or too much. */
export function parseReason(text: string, hint: string): string {
  const verdict = checkReason(text);
  if (verdict.verdict === "ok") return verdict.reason;
  throw new AppError(verdict.problem, { code: "invalid", hint });
}

/** The key that makes a request repeatable; throws `invalid` for one that cannot be kept and compared. */
export function parseIdempotencyKey(text: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  throw new AppError("The Idempotency-Key header is missing or malformed.", {
    code: "invalid",
    hint: "Send 1 to 255 visible ASCII characters, for example a UUID, and the same one only to repeat the same request.",
  });
}
