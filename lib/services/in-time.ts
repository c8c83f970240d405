import type { Context } from "#lib/services/ports/context.ts";
import { AppError } from "./errors.ts";

type Waits = Pick<Context, "storeAnswerMsMax">;

/**
 * What the store answers, or AppError `unavailable` once it has been silent for too long. It may still do later what it was
 * asked, so whoever gets that error must not go on as if it had, nor as if it had not.
 */
export async function answerInTime<T>({ storeAnswerMsMax: msMax }: Waits, asked: Promise<T>): Promise<T> {
  if (msMax === null) return asked;
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(describeSilence(msMax)), msMax);
  try {
    return await Promise.race([asked, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function describeSilence(msMax: number): AppError {
  return new AppError(`The database did not answer for ${msMax / 1000} s. Nothing was deleted or written.`, {
    code: "unavailable",
    hint: "See that the database runs and can be reached, then try again. A record of this that turns up later is settled by itself.",
  });
}

/** Writes a record that must be there before anything is sent or answered, in time; a failure is counted and goes on to the caller. */
export async function recordInTime<T>(ctx: Waits & Pick<Context, "counters">, write: () => Promise<T>): Promise<T> {
  try {
    return await answerInTime(ctx, write());
  } catch (error) {
    ctx.counters.auditAppendFailed();
    throw error;
  }
}
