import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import {
  cookieOf,
  createSignInLab,
  PASSWORD,
  readTrail,
  type SignInLab,
  visitor,
} from "#lib/services/testing/sign-in-lab.ts";
import { signInWithPassword } from "./sign-in-with-password.ts";

let db: TestDatabase;
let lab: SignInLab;
beforeAll(async () => {
  db = await openTestDatabase();
  lab = createSignInLab(db);
});
afterAll(() => db.close());

test("somebody with the right password gets a session, and the trail says so", async () => {
  const key = await lab.addPerson("riley@acme.com");

  const { cookies } = await signInWithPassword(lab.ctx, {
    email: " Riley@Acme.com ",
    password: PASSWORD,
    visitor: visitor(),
  });

  const session = await lab.desk.gateway.findSession(cookieOf(cookies));
  expect(session).toMatchObject({ personKey: key, ipAddress: "192.0.2.7", userAgent: "Firefox" });
  expect(session?.signedInAtMs).toBeGreaterThan(Date.now() - 10_000);
  expect((await db.stores.people.findByKey(key))?.lastSignInAtMs).toBeGreaterThan(Date.now() - 10_000);
  const [event] = await readTrail(db, "sign_in.succeeded");
  expect(event).toMatchObject({
    actor: { kind: "person", authenticatedBy: "password", issuer: "lockkeeper", name: "riley@acme.com" },
    details: { sessionId: session?.id, address: "192.0.2.7" },
  });
});

test("the cookie is for this host and its server alone, and the store keeps only the hash of what it carries", async () => {
  await lab.addPerson("cookie@acme.com");
  const input = { email: "cookie@acme.com", password: PASSWORD, visitor: visitor() };

  const { cookies } = await signInWithPassword(lab.ctx, input);

  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatch(/^lockkeeper_session_token=.*HttpOnly/);
  expect(cookies[0]).toContain("SameSite=Lax");
  expect(cookies[0]).toContain("Path=/");
  const carried = decodeURIComponent(cookieOf(cookies).split("=", 2)[1] ?? "").split(".", 1)[0] ?? "";
  expect(carried).toHaveLength(32);
  const rows = await db.database.prisma.signInSession.findMany();
  for (const { token } of rows) expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(await lab.desk.gateway.findSession(`lockkeeper_session_token=${carried}`)).toBeNull();
});

test("where people come by https, the cookie is sent by https alone and to no other host", async () => {
  const secure = createSignInLab(db, { publicUrl: "https://locks.acme.com" });
  await secure.addPerson("https@acme.com");
  const input = { email: "https@acme.com", password: PASSWORD, visitor: visitor() };

  const { cookies } = await signInWithPassword(secure.ctx, input);

  expect(cookies[0]).toMatch(/^__Host-lockkeeper_session_token=.*Secure/);
  expect(cookies[0]).not.toContain("Domain");
  expect(await secure.desk.gateway.findSession(cookieOf(cookies))).not.toBeNull();
});

test.each([
  ["a wrong password", "wrong@acme.com", `${PASSWORD}!`],
  ["nobody that is known", "nobody@acme.com", PASSWORD],
  ["what is no address", "a@b@acme.com", PASSWORD],
  ["a full-width @ of somebody else", "riley＠evil.com", PASSWORD],
])("says the same of %s, and the trail has it under the claimed name", async (_name, email, password) => {
  const other = createSignInLab(db);
  if (email === "wrong@acme.com") await other.addPerson(email);

  await expect(signInWithPassword(other.ctx, { email, password, visitor: visitor() })).rejects.toMatchObject({
    code: "unauthenticated",
    message: "The e-mail address or the password is wrong.",
  });

  const events = await readTrail(db, "sign_in.failed");
  expect(events.at(-1)).toMatchObject({ actor: { kind: "stranger" }, details: { by: "password" } });
  expect(events.at(-1).actor.name).toContain(email.slice(0, 4));
});

test("somebody unknown is answered as late as somebody with a wrong password", async () => {
  await lab.addPerson("timing@acme.com");
  const timeOf = async (email: string) => {
    const startedMs = performance.now();
    await signInWithPassword(lab.ctx, { email, password: "not-the-password", visitor: visitor() }).catch(() => null);
    return performance.now() - startedMs;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    known.push(await timeOf("timing@acme.com"));
    unknown.push(await timeOf("nobody-there@acme.com"));
  }

  // scrypt takes some 30 ms and all else some 5: without it the quotient would be far below.
  expect(Math.min(...unknown) / Math.min(...known)).toBeGreaterThan(0.5);
});

test("who is disabled cannot sign in, and is told no more than others", async () => {
  const key = await lab.addPerson("gone@acme.com");
  const entry = { action: "person.changed", actor: lab.ctx.actor, atMs: 1, requestId: null, unlockId: null } as const;
  await db.stores.people.change({ key, disabledAtMs: 1 }, { ...entry, details: {} });

  const input = { email: "gone@acme.com", password: PASSWORD, visitor: visitor() };
  await expect(signInWithPassword(lab.ctx, input)).rejects.toMatchObject({ code: "unauthenticated" });

  expect(await lab.desk.gateway.listSessions(key)).toEqual([]);
});

test("signing in again opens a new session and ends the one before", async () => {
  const key = await lab.addPerson("again@acme.com");
  const input = { email: "again@acme.com", password: PASSWORD };
  const first = await signInWithPassword(lab.ctx, { ...input, visitor: visitor() });
  const second = await signInWithPassword(lab.ctx, { ...input, visitor: visitor({ cookie: cookieOf(first.cookies) }) });

  expect(await lab.desk.gateway.findSession(cookieOf(first.cookies))).toBeNull();
  expect(await lab.desk.gateway.listSessions(key)).toHaveLength(1);
  expect(await lab.desk.gateway.findSession(cookieOf(second.cookies))).not.toBeNull();
});

test("a sign-in that cannot be recorded is no sign-in", async () => {
  const key = await lab.addPerson("unrecorded@acme.com");
  const audit = { ...lab.ctx.audit, append: () => Promise.reject(new Error("the disk is full")) };
  const input = { email: "unrecorded@acme.com", password: PASSWORD, visitor: visitor() };

  await expect(signInWithPassword({ ...lab.ctx, audit }, input)).rejects.toThrow("the disk is full");

  expect(await lab.desk.gateway.listSessions(key)).toEqual([]);
});

test.each([
  ["the account", "sign-in account riley@acme.com"],
  ["the network", "sign-in network 192.0.2.0/24"],
])("who tries too often is refused by %s before the password is looked at", async (_name, key) => {
  lab.rates.refuseKeysWith = key;

  const input = { email: "RILEY@acme.com", password: PASSWORD, visitor: visitor() };
  await expect(signInWithPassword(lab.ctx, input)).rejects.toMatchObject({
    code: "too_many",
    retryInMs: expect.any(Number),
  });

  lab.rates.refuseKeysWith = null;
});

test("of a crowd that comes at once fifty passwords wait to be compared, and the others are asked to come back", async () => {
  const attempt = () =>
    lab.desk.gateway.signInWithPassword({ email: "nobody@acme.com", password: "a-wrong-password" }, visitor());

  const all = await Promise.allSettled(Array.from({ length: 70 }, attempt));

  const refused = all.filter((each) => each.status === "rejected").map((each) => each.reason.code);
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused)).toEqual(new Set(["unavailable"]));
  expect(all.filter((each) => each.status === "fulfilled" && each.value === null).length).toBeGreaterThanOrEqual(50);
});
