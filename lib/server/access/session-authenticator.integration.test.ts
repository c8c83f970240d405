import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { GroupsRefresh } from "#lib/services/sign-in/refresh-groups.ts";
import { signInWithPassword } from "#lib/services/sign-in/sign-in-with-password.ts";
import { cookieOf, createSignInLab, PASSWORD, type SignInLab, visitor } from "#lib/services/testing/sign-in-lab.ts";
import { createSessionAuthenticator } from "./session-authenticator.ts";

const MINUTE_MS = 60_000;
const RULES = [
  { effect: "allow", role: "unlocker", groups: ["platform"], people: ["viewer@acme.com"], scope: EVERYWHERE },
] as const;

let db: TestDatabase;
let lab: SignInLab;
let answer: GroupsRefresh = { verdict: "unavailable" };
let asked = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  lab = createSignInLab(db);
});
afterEach(() => {
  lab.clock.skippedMs = 0;
  answer = { verdict: "unavailable" };
  asked = 0;
});
afterAll(() => db.close());

function authenticate(cookie: string, desk = lab.desk) {
  const { people, now, log } = lab.ctx;
  const config = { rules: RULES, session: { idleMs: 30 * MINUTE_MS, absoluteMs: 12 * 60 * MINUTE_MS } };
  const refreshGroups = async () => {
    asked += 1;
    return answer;
  };
  const run = createSessionAuthenticator({ people, now, log, desk, config, refreshGroups });
  return run(new Headers({ cookie }));
}

async function signIn(email: string): Promise<string> {
  const { cookies } = await signInWithPassword(lab.ctx, { email, password: PASSWORD, visitor: visitor() });
  return cookieOf(cookies);
}

test("a session is its person, with what the rules give that person and no more", async () => {
  await lab.addPerson("viewer@acme.com");
  await lab.addPerson("nothing@acme.com");

  expect(await authenticate(await signIn("viewer@acme.com"))).toMatchObject({
    actor: { kind: "person", authenticatedBy: "password", issuer: "lockkeeper" },
    signIn: { kind: "session" },
    access: { grants: [{ effect: "allow", role: "unlocker" }], limit: null },
  });
  expect((await authenticate(await signIn("nothing@acme.com")))?.access.grants).toEqual([]);
});

test.each([
  ["none", ""],
  ["another one's", "theme=dark"],
  ["one that is made up", "lockkeeper_session_token=abc.def"],
])("a cookie that is %s is nobody", async (_name, cookie) => {
  expect(await authenticate(cookie)).toBeNull();
});

test("a session ends when it is not used for half an hour, and lives on while it is", async () => {
  await lab.addPerson("idle@acme.com");
  const cookie = await signIn("idle@acme.com");
  for (const minutes of [29, 58]) {
    lab.clock.skippedMs = minutes * MINUTE_MS;
    expect(await authenticate(cookie)).not.toBeNull();
    await expect
      .poll(async () => (await lab.desk.gateway.findSession(cookie))?.lastUsedAtMs)
      .toBeGreaterThan(Date.now() + (minutes - 1) * MINUTE_MS);
  }
  lab.clock.skippedMs = (58 + 31) * MINUTE_MS;
  expect(await authenticate(cookie)).toBeNull();
  lab.clock.skippedMs = 0;
  expect(await authenticate(cookie)).toBeNull();
});

test("a session ends after twelve hours, however much it is used", async () => {
  const key = await lab.addPerson("absolute@acme.com");
  const cookie = await signIn("absolute@acme.com");
  const [session] = await lab.desk.gateway.listSessions(key);
  lab.clock.skippedMs = 12 * 60 * MINUTE_MS + MINUTE_MS;
  await lab.desk.gateway.noteUse(session?.id ?? "", lab.ctx.now());

  expect(await authenticate(cookie)).toBeNull();
});

test("who is disabled is nobody at once, and so is somebody whose sessions were ended", async () => {
  const key = await lab.addPerson("disabled@acme.com");
  const cookie = await signIn("disabled@acme.com");
  const entry = { action: "person.changed", actor: lab.ctx.actor, atMs: 1, requestId: null, unlockId: null } as const;
  await db.stores.people.change({ key, disabledAtMs: 1 }, { ...entry, details: {} });
  expect(await authenticate(cookie)).toBeNull();
  await db.stores.people.change({ key, disabledAtMs: null }, { ...entry, details: {} });
  expect(await authenticate(cookie)).not.toBeNull();

  expect(await lab.desk.gateway.endSessions(key)).toBe(1);
  expect(await authenticate(cookie)).toBeNull();
});

test("where people sign in at a provider, a password session counts for break-glass people only", async () => {
  await lab.addPerson("glass@acme.com");
  const cookie = await signIn("glass@acme.com");

  expect(await authenticate(cookie, { ...lab.desk, mode: "oidc" })).toBeNull();
  expect(
    await authenticate(cookie, { ...lab.desk, mode: "oidc", breakGlassPeople: ["glass@acme.com"] }),
  ).not.toBeNull();
});

test("groups that are 15 minutes old are read anew before they count, and a lost one counts no longer", async () => {
  const { cookie, desk, person } = await openProviderSession("u-1");
  expect((await authenticate(cookie, desk))?.access.grants).toHaveLength(1);
  expect(asked).toBe(0);

  lab.clock.skippedMs = 11 * MINUTE_MS;
  expect(await authenticate(cookie, desk)).not.toBeNull();
  expect(asked).toBe(1);

  lab.clock.skippedMs = 16 * MINUTE_MS;
  await expect(authenticate(cookie, desk)).rejects.toMatchObject({ code: "unauthenticated" });
  answer = { verdict: "fresh", person: { ...person, groups: [] } };
  expect((await authenticate(cookie, desk))?.access.grants).toEqual([]);
});

test("a session whose groups can no longer be read ends", async () => {
  const { cookie, desk } = await openProviderSession("u-2");
  lab.clock.skippedMs = 16 * MINUTE_MS;
  answer = { verdict: "ended" };

  expect(await authenticate(cookie, desk)).toBeNull();
  lab.clock.skippedMs = 0;
  expect(await authenticate(cookie, desk)).toBeNull();
});

/** A session of somebody who came from a provider. Which one gave it does not matter to who reads it. */
async function openProviderSession(subject: string) {
  const key = await lab.addPerson(`${subject}@acme.com`);
  const cookie = await signIn(`${subject}@acme.com`);
  const said = {
    issuer: "https://id.acme.com",
    kind: "oidc",
    name: "Riley",
    email: null,
    groups: ["platform"],
  } as const;
  const person = await db.stores.people.record({ ...said, subject, atMs: Date.now() });
  const findSession: typeof lab.desk.gateway.findSession = async (given) => {
    const session = await lab.desk.gateway.findSession(given);
    return session && { ...session, personKey: person.key };
  };
  const endSession = (_key: string, id: string) => lab.desk.gateway.endSession(key, id);
  const gateway = { ...lab.desk.gateway, findSession, endSession };
  return { cookie, person, desk: { ...lab.desk, mode: "oidc", gateway } as const };
}
