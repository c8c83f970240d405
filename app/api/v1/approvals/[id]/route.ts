import { z } from "zod";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { runToEnd } from "#lib/server/running-work.ts";
import { DECISIONS, decideApproval } from "#lib/services/approvals/decide-approval.ts";
import { getApproval } from "#lib/services/approvals/list-approvals.ts";

const DecisionBody = z.object({ decision: z.enum(DECISIONS), comment: z.string().default("") });

export function GET(request: Request, { params }: RouteContext<"/api/v1/approvals/[id]">): Promise<Response> {
  return runRoute(request, async (ctx) => Response.json(await getApproval(ctx, (await params).id)));
}

export function POST(request: Request, { params }: RouteContext<"/api/v1/approvals/[id]">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { id } = await params;
    const { decision, comment } = await readBody(request, DecisionBody);
    await runToEnd(() => decideApproval(ctx, { id, decision, comment }));
    return Response.json(await getApproval(ctx, id));
  });
}
