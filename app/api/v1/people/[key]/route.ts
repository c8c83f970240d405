import { z } from "zod";
import { PERSON_CHANGES } from "#lib/domain/access/person-view.ts";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { changePerson } from "#lib/services/people/change-person.ts";

const Body = z.object({ change: z.enum(PERSON_CHANGES) });

export function POST(request: Request, { params }: RouteContext<"/api/v1/people/[key]">): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const { change } = await readBody(request, Body);
    return Response.json(await changePerson(ctx, { key: (await params).key, change }));
  });
}
