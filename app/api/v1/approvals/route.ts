import { z } from "zod";
import { parseInput, runRoute } from "#lib/server/run-route.ts";
import { APPROVAL_LISTS, listApprovals } from "#lib/services/approvals/list-approvals.ts";

const ApprovalsQuery = z.object({
  list: z.enum(APPROVAL_LISTS).optional(),
  account: z.string().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const given = Object.fromEntries([...new URL(request.url).searchParams].filter(([, value]) => value !== ""));
    const { cursor, ...filter } = parseInput(given, ApprovalsQuery);
    return Response.json(await listApprovals(ctx, { ...filter, before: cursor }));
  });
}
