import { runRoute } from "#lib/server/run-route.ts";
import { AppError } from "#lib/services/errors.ts";
import { getLock } from "#lib/services/locks/get-lock.ts";

export function GET(request: Request, { params }: RouteContext<"/api/v1/locks/[key]">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { lock, ...detail } = await getLock(ctx, (await params).key);
    if (lock === null) {
      const hint = `GET /api/v1/unlocks and the lock's page tell what became of ${JSON.stringify(detail.statePath)}.`;
      throw new AppError("This lock is gone.", { code: "not_found", hint });
    }
    return Response.json({ ...lock, ...detail });
  });
}
