import { runRoute } from "#lib/server/run-route.ts";
import { listDeliveries } from "#lib/services/audit/list-deliveries.ts";

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => Response.json({ deliveries: await listDeliveries(ctx) }));
}
