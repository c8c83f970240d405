import { z } from "zod";
import { readBody, runRoute } from "#lib/server/run-route.ts";
import { addPerson } from "#lib/services/people/add-person.ts";
import { listPeople } from "#lib/services/people/list-people.ts";

const Body = z.object({ email: z.string().max(500), name: z.string().max(500), isAdmin: z.boolean().default(false) });

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => Response.json({ people: await listPeople(ctx) }));
}

export function POST(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) =>
    Response.json(await addPerson(ctx, await readBody(request, Body)), { status: 201 }),
  );
}
