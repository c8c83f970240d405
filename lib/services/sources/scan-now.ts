import type { SourceView } from "#lib/domain/source-view.ts";
import { limitRate } from "#lib/services/access/limit-rate.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "./scan-sources.ts";

/** Starts a scan because a person asks for one, which each of them may do so often and no more. Throws as `startScan`, and `too_many`. */
export async function scanNow(
  ctx: Context,
  input: { sourceId: string | null },
): Promise<{ done: Promise<readonly SourceView[]> }> {
  await limitRate(ctx, "scan");
  return startScan(ctx, input);
}
