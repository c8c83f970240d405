import type { Context } from "./ports.ts";

/** Writes a record, and counts it when that fails; the error goes on to the caller. */
export async function countFailures<T>(ctx: Pick<Context, "counters">, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    ctx.counters.auditAppendFailed();
    throw error;
  }
}
