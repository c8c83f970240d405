import type { Context } from "./ports.ts";

const LINES_AT_ONCE = 500;

/** Every audit line after `afterSeq`, oldest first, each with its line break; memory does not grow with their number. */
export async function* streamAudit(ctx: Context, afterSeq: number): AsyncGenerator<string> {
  let seq = afterSeq;
  for (;;) {
    const lines = await ctx.audit.readLines({ afterSeq: seq, limit: LINES_AT_ONCE });
    const last = lines.at(-1);
    if (last === undefined) return;
    yield lines.map(({ line }) => `${line}\n`).join("");
    seq = last.seq;
  }
}
