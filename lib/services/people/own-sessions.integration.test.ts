import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { FULL_ACCESS, NO_ACCESS } from "#lib/domain/access/access.ts";
import { OWN_ISSUER } from "#lib/domain/access/known-person.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { signInWithPassword } from "#lib/services/sign-in/sign-in-with-password.ts";
import { createSignInLab, PASSWORD, readTrail, type SignInLab, visitor } from "#lib/services/testing/sign-in-lab.ts";
import { addPerson } from "./add-person.ts";
import { endOwnSession, listOwnSessions } from "./own-sessions.ts";
import { setPasswordByLink } from "./set-password-by-link.ts";

let db: TestDatabase;
let lab: SignInLab;
beforeAll(async () => {
  db = await openTestDatabase();
  lab = createSignInLab(db);
});
afterAll(() => db.close());

/** A person who is signed in twice: their context in the newer browser, and the session of the older one. */
async function signInTwice(email: string): Promise<{ readonly ctx: Context; readonly olderId: string }> {
  const admin: Context = { ...lab.ctx, access: FULL_ACCESS, signIn: { kind: "local" } };
  const { secret, key } = await addPerson(admin, { email, name: email, isAdmin: false });
  await setPasswordByLink(lab.ctx, { secret, email: null, password: PASSWORD, visitor: visitor() });
  const signIn = () => signInWithPassword(lab.ctx, { email, password: PASSWORD, visitor: visitor() });
  await signIn();
  const [older] = (await lab.ctx.signInDesk?.gateway.listSessions(key)) ?? [];
  await signIn();
  const both = (await lab.ctx.signInDesk?.gateway.listSessions(key)) ?? [];
  const newer = both.find(({ id }) => id !== older?.id);
  const person = await db.stores.people.findByLogin(email);
  const actor = {
    kind: "person",
    name: email,
    authenticatedBy: "password",
    issuer: OWN_ISSUER,
    subject: person?.subject ?? "",
  } as const;
  const session = { kind: "session", sessionId: newer?.id ?? "", signedInAtMs: Date.now() } as const;
  return { ctx: { ...lab.ctx, actor, access: NO_ACCESS, signIn: session }, olderId: older?.id ?? "" };
}

test("somebody sees where they are signed in and ends what they do not know, on the trail", async () => {
  const { ctx, olderId } = await signInTwice("sessions@acme.com");

  expect((await listOwnSessions(ctx)).map(({ isCurrent }) => isCurrent).toSorted()).toEqual([false, true]);
  await endOwnSession(ctx, olderId);
  expect((await listOwnSessions(ctx)).map(({ isCurrent }) => isCurrent)).toEqual([true]);
  expect((await readTrail(db, "session.revoked")).at(-1)).toMatchObject({
    action: "session.revoked",
    details: { change: "ended_own", sessions: 1 },
  });
  await expect(endOwnSession(ctx, olderId)).rejects.toMatchObject({ code: "not_found" });
});

test("nobody ends a session of somebody else, and a token ends none", async () => {
  const mine = await signInTwice("mine@acme.com");
  const other = await signInTwice("other@acme.com");

  await expect(endOwnSession(mine.ctx, other.olderId)).rejects.toMatchObject({ code: "not_found" });
  const byToken: Context = { ...mine.ctx, signIn: { kind: "token", tokenId: "t" } };
  await expect(endOwnSession(byToken, mine.olderId)).rejects.toMatchObject({ code: "not_found" });
  expect(await listOwnSessions(byToken)).toEqual([]);
  expect(await listOwnSessions(other.ctx)).toHaveLength(2);
});
