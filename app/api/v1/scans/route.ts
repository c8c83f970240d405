import { z } from "zod";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";
import { scanNow } from "#lib/services/sources/scan-now.ts";

const ScanBody = z.object({ wait: z.boolean().default(false), source: z.string().max(2000).nullish() });

export function POST(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { wait, source } = await readBody(request, ScanBody);
    const scan = await scanNow(ctx, { sourceId: source ?? null });
    if (wait) return Response.json({ sources: await scan.done });
    scan.done.catch((error: unknown) => ctx.log.error({ cause: String(error) }, "a scan failed"));
    return Response.json({ sources: await listSources(ctx) }, { status: 202 });
  });
}
