import { z } from "zod";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { changePerson, PERSON_CHANGES } from "#lib/services/people/change-person.ts";

const Body = z.object({ change: z.enum(PERSON_CHANGES) });

export function POST(request: Request, { params }: RouteContext<"/api/v1/people/[key]">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { change } = await readBody(request, Body);
    return Response.json(await changePerson(ctx, { key: (await params).key, change }));
  });
}
