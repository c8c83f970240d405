import { parseAuditQuery } from "#lib/server/audit-query.ts";
import { toByteStream } from "#lib/server/byte-stream.ts";
import { runRoute } from "#lib/server/run-route.ts";
import { exportAudit } from "#lib/services/audit/export-audit.ts";

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const query = parseAuditQuery(new URL(request.url).searchParams);
    const { contentType, fileName, stream } = await exportAudit(ctx, { ...query, signal: request.signal });
    return new Response(toByteStream(stream), {
      headers: { "content-type": contentType, "content-disposition": `attachment; filename="${fileName}"` },
    });
  });
}
