import { AppError } from "#lib/services/errors.ts";

const PROGRAMMING_ERRORS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** Whatever a database refused or failed to do is `unavailable`: the caller must know that nothing may be relied on. */
export function toDatabaseError(error: unknown, doing: string, hint: string): unknown {
  if (error instanceof AppError || PROGRAMMING_ERRORS.some((kind) => error instanceof kind)) return error;
  return new AppError(`The database did not ${doing}: ${firstLineOf(error)}`, {
    code: "unavailable",
    hint,
    cause: error,
  });
}

/** Prisma's messages begin with an excerpt of code; what matters is their last line. A pool's may be empty but for its parts. */
function firstLineOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return firstLineOf(error.errors[0]);
  const text = error instanceof Error ? error.message || codeOf(error) : String(error);
  const line = text.split("\n").findLast((part) => part.trim() !== "") ?? "no reason given";
  return line.trim().slice(0, 300);
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : error.name;
}
