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

/** Known to every bundle alike. */
const BRAND = Symbol.for("lockkeeper.AppError");

/** The one error thrown on purpose; `hint` says what to do next. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly hint: string;
  /** Of `too_many`: when to come back; null otherwise. */
  readonly retryInMs: number | null;
  readonly [BRAND] = true;

  /** Next bundles pages, routes and start-up apart, each with a class of this name: what one throws another must know. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  constructor(message: string, options: { code: AppErrorCode; hint: string; retryInMs?: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = options.code;
    this.hint = options.hint;
    this.retryInMs = options.retryInMs ?? null;
  }
}
