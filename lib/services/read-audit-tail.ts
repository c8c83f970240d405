import type { AuditTrail } from "./ports.ts";

/** All of a context that reading the trail takes. */
type Trail = { readonly audit: Pick<AuditTrail, "readLines"> };

export type AuditLine = { readonly seq: number; readonly line: string };

/** The last lines of the trail before `beforeSeq` (or its end), newest first. */
export async function readAuditTail(
  ctx: Trail,
  input: { readonly beforeSeq: number | null; readonly limit: number },
): Promise<readonly AuditLine[]> {
  const end = input.beforeSeq === null ? await findLastSeq(ctx) : input.beforeSeq - 1;
  const afterSeq = Math.max(0, end - input.limit);
  const lines = await ctx.audit.readLines({ afterSeq, limit: end - afterSeq });
  return lines.toReversed();
}

/** Numbers of the trail have no gaps, so its end is found with some twenty reads of one line, however long it is. */
async function findLastSeq(ctx: Trail): Promise<number> {
  const isBeyond = async (seq: number) => (await ctx.audit.readLines({ afterSeq: seq - 1, limit: 1 })).length === 0;
  let beyond = 1;
  while (!(await isBeyond(beyond))) beyond *= 2;
  let last = Math.floor(beyond / 2);
  while (beyond - last > 1) {
    const middle = Math.floor((last + beyond) / 2);
    if (await isBeyond(middle)) beyond = middle;
    else last = middle;
  }
  return last;
}
