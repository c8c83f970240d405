import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { FULL_ACCESS } from "#lib/domain/access/access.ts";
import { OWN_ISSUER } from "#lib/domain/access/known-person.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { signInWithPassword } from "#lib/services/sign-in/sign-in-with-password.ts";
import { createSignInLab, PASSWORD, readTrail, type SignInLab, visitor } from "#lib/services/testing/sign-in-lab.ts";
import { addPerson } from "./add-person.ts";
import { changeOwnPassword } from "./change-own-password.ts";
import { changePerson } from "./change-person.ts";
import { listPeople } from "./list-people.ts";
import { makeFirstLink } from "./make-first-link.ts";
import { setPasswordByLink } from "./set-password-by-link.ts";

const ADMIN = "admin@acme.com";
const NEW_PASSWORD = "seven-quiet-lamps-here";

let db: TestDatabase;
let lab: SignInLab;
let admin: Context;
beforeAll(async () => {
  db = await openTestDatabase();
  lab = createSignInLab(db);
});
afterAll(() => db.close());

const trySignIn = (email: string, password: string) =>
  signInWithPassword(lab.ctx, { email, password, visitor: visitor() });

test("the first administrator is made by the secret that the start printed, once", async () => {
  const stale = await makeFirstLink(lab.ctx);
  const secret = await makeFirstLink(lab.ctx);
  const set = (given: string | null, email = ADMIN, password = PASSWORD) =>
    setPasswordByLink(lab.ctx, { secret: given ?? "", email, password, visitor: visitor() });

  await expect(set(stale)).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(set("guessed")).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(set(secret, "no address")).rejects.toMatchObject({ code: "invalid" });
  await expect(set(secret, ADMIN, "password1234")).rejects.toMatchObject({ code: "invalid" });
  expect(await Promise.allSettled([set(secret), set(secret)])).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ status: "rejected" })]),
  );

  await trySignIn(ADMIN, PASSWORD);
  expect(await makeFirstLink(lab.ctx)).toBeNull();
  const person = await db.stores.people.findByLogin(ADMIN);
  expect(person?.isAdmin).toBe(true);
  const rows = await db.database.prisma.personLink.findMany();
  expect(rows).toEqual([]);
  const actor = { kind: "person", name: ADMIN, authenticatedBy: "password", issuer: OWN_ISSUER } as const;
  const signIn = { kind: "session", sessionId: "none", signedInAtMs: Date.now() } as const;
  admin = { ...lab.ctx, actor: { ...actor, subject: person?.subject ?? "" }, access: FULL_ACCESS, signIn };
});

test("the secret of the first administrator is kept only as a hash, and works for a day", async () => {
  const fresh = createSignInLab(db);
  const ctx = { ...fresh.ctx, people: { ...fresh.ctx.people, list: async () => [] } };
  const secret = await makeFirstLink(ctx);
  const [row] = await db.database.prisma.personLink.findMany();
  expect(row?.tokenHash).toBe(ctx.sha256(secret ?? ""));
  fresh.clock.skippedMs = 24 * 3_600_000 + 1_000;

  const input = { secret: secret ?? "", email: "late@acme.com", password: PASSWORD, visitor: visitor() };
  await expect(setPasswordByLink(ctx, input)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("where people sign in at a provider, only break-glass people come to a password", async () => {
  const oidc = {
    issuer: "http://127.0.0.1:9",
    clientId: "x",
    clientSecret: "x",
    scopes: ["openid"],
    groupsClaim: "groups",
  };
  const other = createSignInLab(db, { oidc, breakGlassPeople: ["glass@acme.com"] });
  const secret = (await makeFirstLink(other.ctx)) ?? "";
  const set = (email: string) =>
    setPasswordByLink(other.ctx, { secret, email, password: PASSWORD, visitor: visitor() });

  await expect(set("somebody@acme.com")).rejects.toMatchObject({ code: "refused" });
  await set("glass@acme.com");

  expect(await makeFirstLink(other.ctx)).toBeNull();
  const signIn = (email: string) => signInWithPassword(other.ctx, { email, password: PASSWORD, visitor: visitor() });
  await expect(signIn("glass@acme.com")).resolves.toMatchObject({ cookies: expect.any(Array) });
  await expect(signIn(ADMIN)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("who is added sets a password by a link that works once, and the trail tells who added whom", async () => {
  const { secret } = await addPerson(admin, { email: "New@Acme.com", name: "New Person", isAdmin: false });
  const input = { secret, email: null, password: NEW_PASSWORD, visitor: visitor() };

  expect(await setPasswordByLink(lab.ctx, input)).toEqual({ email: "new@acme.com" });
  await trySignIn("new@acme.com", NEW_PASSWORD);
  await expect(setPasswordByLink(lab.ctx, input)).rejects.toMatchObject({ code: "unauthenticated" });
  expect((await readTrail(db, "person.added")).at(-1)).toMatchObject({
    actor: { name: ADMIN },
    details: { email: "new@acme.com", isAdmin: false },
  });
});

test("an address that is taken is not given twice", async () => {
  const again = { email: "new@acme.com", name: "", isAdmin: true };
  await expect(addPerson(admin, again)).rejects.toMatchObject({ code: "invalid" });
});

test("who is disabled has no session from then on, and cannot get one by a link that was given before", async () => {
  const key = (await db.stores.people.findByLogin("new@acme.com"))?.key ?? "";
  await trySignIn("new@acme.com", NEW_PASSWORD);
  const { secret = "" } = await changePerson(admin, { key, change: "new_link" });

  expect(await changePerson(admin, { key, change: "disable" })).toEqual({ endedSessions: 2 });

  await expect(trySignIn("new@acme.com", NEW_PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });
  const input = { secret, email: null, password: PASSWORD, visitor: visitor() };
  await expect(setPasswordByLink(lab.ctx, input)).rejects.toMatchObject({ code: "unauthenticated" });
  await changePerson(admin, { key, change: "enable" });
  await trySignIn("new@acme.com", NEW_PASSWORD);
  expect((await readTrail(db, "session.revoked")).at(-1)).toMatchObject({
    details: { change: "disabled", sessions: 2 },
  });
});

test("a new password ends the sessions of the one before", async () => {
  const person = await db.stores.people.findByLogin("new@acme.com");
  const key = person?.key ?? "";
  const { secret = "" } = await changePerson(admin, { key, change: "new_link" });
  await setPasswordByLink(lab.ctx, { secret, email: null, password: PASSWORD, visitor: visitor() });

  expect(await lab.desk.gateway.listSessions(key)).toEqual([]);
  await expect(trySignIn("new@acme.com", NEW_PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("nobody disables themselves, or takes their own administration away", async () => {
  const key = (await db.stores.people.findByLogin(ADMIN))?.key ?? "";
  for (const change of ["disable", "end_admin"] as const) {
    await expect(changePerson(admin, { key, change })).rejects.toMatchObject({ code: "refused" });
  }
});

test("whoever does not manage people sees, adds and changes nobody, and the trail has the attempt", async () => {
  const other = { ...admin, access: { grants: [], limit: null } };
  const key = (await db.stores.people.findByLogin(ADMIN))?.key ?? "";

  await expect(listPeople(other)).rejects.toMatchObject({ code: "refused" });
  await expect(addPerson(other, { email: "x@acme.com", name: "", isAdmin: true })).rejects.toMatchObject({
    code: "refused",
  });
  await expect(changePerson(other, { key, change: "end_sessions" })).rejects.toMatchObject({ code: "refused" });

  expect(await readTrail(db, "access.denied")).toHaveLength(3);
});

test("managing people asks for a fresh sign-in", async () => {
  const later = { ...admin, freshSignInMsMax: 60_000, now: () => Date.now() + 120_000 };

  await expect(addPerson(later, { email: "y@acme.com", name: "", isAdmin: false })).rejects.toMatchObject({
    code: "sign_in_again",
  });
});

test("the list says what everybody may do and where they are signed in", async () => {
  const people = await listPeople({ ...admin, accessOf: async () => FULL_ACCESS });

  expect(people.find(({ email }) => email === ADMIN)).toMatchObject({
    isSelf: true,
    isAdmin: true,
    hasPassword: true,
    grants: [{ role: "admin" }],
  });
});

test("the list tells of a person and of a session what the page shows, and nothing else of what is stored", async () => {
  const people = await listPeople({ ...admin, accessOf: async () => FULL_ACCESS });
  const fieldsOf = (items: readonly object[]) => [...new Set(items.flatMap(Object.keys))].toSorted().join(" ");

  expect(fieldsOf(people)).toBe(
    "disabledAtMs email grants groups hasPassword isAdmin isSelf key kind lastSignInAtMs name sessions subject",
  );
  expect(fieldsOf(people.flatMap(({ sessions }) => sessions))).toBe("id ipAddress lastUsedAtMs startedAtMs userAgent");
});

test("who changes their own password must know it", async () => {
  const input = { newPassword: "eleven-green-bottles", visitor: visitor() };
  await expect(changeOwnPassword(admin, { ...input, password: "wrong" })).rejects.toMatchObject({ code: "invalid" });

  await changeOwnPassword(admin, { ...input, password: PASSWORD });

  await trySignIn(ADMIN, "eleven-green-bottles");
});
