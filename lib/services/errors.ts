export type AppErrorCode =
  | "invalid"
  | "too_large"
  | "not_found"
  | "refused"
  /** Nobody has signed in. */
  | "unauthenticated"
  /** Somebody has, but too long ago for this. */
  | "sign_in_again"
  | "too_many"
  | "changed"
  | "in_progress"
  | "already_gone"
  | "unavailable"
  | "unexpected";

/** The one error thrown on purpose; `hint` says what to do next. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly hint: string;
  /** Of `too_many`: when to come back; null otherwise. */
  readonly retryInMs: number | null;

  constructor(message: string, options: { code: AppErrorCode; hint: string; retryInMs?: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = options.code;
    this.hint = options.hint;
    this.retryInMs = options.retryInMs ?? null;
  }
}
