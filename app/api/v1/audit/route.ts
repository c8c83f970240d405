import { z } from "zod";
import { toByteStream } from "#lib/server/byte-stream.ts";
import { parseInput, runRoute } from "#lib/server/run-route.ts";
import { streamAudit } from "#lib/services/stream-audit.ts";

const AuditQuery = z.object({ after: z.coerce.number().int().min(0).default(0) });

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const given = Object.fromEntries([...new URL(request.url).searchParams].filter(([, value]) => value !== ""));
    const { after } = parseInput(given, AuditQuery);
    return new Response(toByteStream(streamAudit(ctx, after)), {
      headers: {
        "content-type": "application/jsonl; charset=utf-8",
        "content-disposition": 'attachment; filename="lockkeeper-audit.jsonl"',
      },
    });
  });
}
