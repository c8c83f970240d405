import type { APIRequestContext, Browser, Page } from "@playwright/test";
import type { World } from "./world.ts";

/** People who sign in with a password; what each may do is in `ACCESS`, by e-mail address. */
export type Person = "sam" | "ada" | "rita";

const PASSWORD = "correct horse battery staple";
const ADMIN = "root@acme.example";

/** Sam unlocks and reviews, Ada approves, Rita reviews. */
export const ACCESS = {
  mode: "password",
  roles: [
    { role: "unlocker", people: [emailOf("sam")] },
    { role: "auditor", people: [emailOf("sam"), emailOf("rita")] },
    { role: "approver", people: [emailOf("ada")] },
  ],
} as const;

function emailOf(person: Person): string {
  return `${person}@acme.example`;
}

/** Lets all of them sign in: the first administrator by the link of the log, everybody else by a link of the administrator. */
export async function addPeople(world: World, browser: Browser, people: readonly Person[]): Promise<void> {
  const context = await browser.newContext({ baseURL: world.product.url });
  const { request } = context;
  const secret = /\/sign-in\/first#([\w-]+)/.exec(world.product.log())?.[1];
  await post(request, world, "/api/v1/sign-in/set-password", { secret, email: ADMIN, password: PASSWORD });
  await post(request, world, "/api/v1/sign-in/password", { email: ADMIN, password: PASSWORD });
  for (const person of people) {
    const added = await post(request, world, "/api/v1/people", { email: emailOf(person), name: person });
    await post(request, world, "/api/v1/sign-in/set-password", { secret: added["secret"], password: PASSWORD });
  }
  await context.close();
}

/** A browser of their own, signed in. */
export async function signInAs(world: World, browser: Browser, person: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: world.product.url });
  await post(context.request, world, "/api/v1/sign-in/password", { email: emailOf(person), password: PASSWORD });
  return context.newPage();
}

async function post(
  request: APIRequestContext,
  { product }: World,
  path: string,
  data: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await request.post(path, { data, headers: { origin: product.url } });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}
