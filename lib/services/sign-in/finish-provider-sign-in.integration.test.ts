import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import {
  answerKeys,
  type BrokenProvider,
  CLIENT_ID,
  makeKey,
  makeToken,
  signWith,
  signWithPublicKey,
  startBrokenProvider,
} from "#lib/services/testing/broken-provider.ts";
import { cookieOf, createSignInLab, readTrail, type SignInLab, visitor } from "#lib/services/testing/sign-in-lab.ts";
import { beginProviderSignIn } from "./begin-provider-sign-in.ts";
import { finishProviderSignIn } from "./finish-provider-sign-in.ts";
import { createGroupsRefresher } from "./refresh-groups.ts";

let db: TestDatabase;
let provider: BrokenProvider;
let lab: SignInLab;
let usual: BrokenProvider["behaviour"];

beforeAll(async () => {
  db = await openTestDatabase();
  provider = await startBrokenProvider();
  usual = { ...provider.behaviour };
  lab = makeLab();
});
afterEach(() => {
  Object.assign(provider.behaviour, usual);
});
afterAll(async () => {
  await provider.close();
  await db.close();
});

function makeLab(): SignInLab {
  const scopes = ["openid", "profile", "email", "offline_access"];
  const client = { clientId: CLIENT_ID, clientSecret: "a-secret-of-the-client", groupsClaim: "groups" };
  return createSignInLab(db, { oidc: { issuer: provider.issuer, scopes, ...client } });
}

type Begun = { readonly url: string; readonly cookie: string };

async function begin(isAgain = false, next = "/unlocks"): Promise<Begun> {
  const { url, cookies } = await beginProviderSignIn(lab.ctx, { next, isAgain, visitor: visitor() });
  return { url, cookie: cookieOf(cookies) };
}

/** What the provider sends the browser back with. */
async function goThere({ url }: Begun): Promise<Record<string, string>> {
  const response = await fetch(url, { redirect: "manual" });
  return Object.fromEntries(new URL(response.headers.get("location") ?? "").searchParams);
}

function finish(query: Readonly<Record<string, string>>, cookie: string | null) {
  return finishProviderSignIn(lab.ctx, { query, visitor: visitor({ cookie }) });
}

async function signIn(isAgain = false) {
  const begun = await begin(isAgain);
  return finish(await goThere(begun), begun.cookie);
}

const person = () => db.stores.people.find({ issuer: provider.issuer, subject: "u-1" });

test("whom the provider vouches for gets a session, with the groups it tells", async () => {
  provider.behaviour.change = (claims) => ({ ...claims, auth_time: Math.floor(Date.now() / 1000) - 100 });

  const finished = await signIn();

  expect(finished).toMatchObject({ verdict: "signed_in", next: "/unlocks" });
  const session = await lab.desk.gateway.findSession(
    finished.verdict === "signed_in" ? cookieOf(finished.cookies) : null,
  );
  expect(await person()).toMatchObject({
    key: session?.personKey,
    name: "Riley Doe",
    email: "riley@acme.com",
    groups: ["platform"],
  });
  expect(Math.abs((session?.signedInAtMs ?? 0) - (Date.now() - 100_000))).toBeLessThan(10_000);
  expect((await readTrail(db, "sign_in.succeeded")).at(-1)).toMatchObject({
    actor: { authenticatedBy: "oidc", issuer: provider.issuer, subject: "u-1" },
  });
});

test("the provider is asked with PKCE, state and nonce, and sends back to the address that is configured", async () => {
  const { url, cookie } = await begin();
  const asked = new URL(url).searchParams;

  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    redirect_uri: "http://127.0.0.1:3000/api/v1/sign-in/callback",
    scope: "openid profile email offline_access",
    max_age: "43200",
  });
  for (const name of ["state", "nonce", "code_challenge"]) expect(asked.get(name)?.length).toBeGreaterThanOrEqual(32);
  expect(cookie).toMatch(/^lockkeeper_state=/);
  const { cookies } = await beginProviderSignIn(lab.ctx, { next: null, isAgain: false, visitor: visitor() });
  expect(cookies[0]).toMatch(/HttpOnly/);
  expect(cookies[0]).toMatch(/SameSite=Lax/);
});

const NOW_S = () => Math.floor(Date.now() / 1000);
type Change = Partial<BrokenProvider["behaviour"]>;
const other = makeKey();

test.each<[string, () => Change]>([
  ["is expired", () => ({ change: (claims) => ({ ...claims, exp: NOW_S() - 120 }) })],
  ["is not valid yet", () => ({ change: (claims) => ({ ...claims, nbf: NOW_S() + 120 }) })],
  ["is for another client", () => ({ change: (claims) => ({ ...claims, aud: "somebody-else" }) })],
  ["is for us, but was given to another client", () => ({ change: (claims) => ({ ...claims, azp: "somebody-else" }) })],
  ["comes from another issuer", () => ({ change: (claims) => ({ ...claims, iss: "https://evil.example" }) })],
  ["has another nonce", () => ({ change: (claims) => ({ ...claims, nonce: "another" }) })],
  ["has no nonce", () => ({ change: ({ nonce: _, ...claims }) => claims })],
  ["names nobody", () => ({ change: ({ sub: _, ...claims }) => claims })],
  ["is not signed", () => ({ sign: (claims) => makeToken({ alg: "none" }, claims, () => Buffer.alloc(0)) })],
  ["is signed with the public key", () => ({ sign: (claims) => signWithPublicKey(provider.key, claims) })],
  ["is signed with an unknown key", () => ({ sign: (claims) => signWith(other, claims) })],
  [
    "is signed with another key of the same name",
    () => ({ sign: (claims) => signWith({ ...other, kid: provider.key.kid }, claims) }),
  ],
  ["is missing", () => ({ sign: () => undefined })],
  ["is no token", () => ({ sign: () => "not.a.token" })],
])("an ID token that %s lets nobody in", async (_name, change) => {
  Object.assign(provider.behaviour, change());

  expect(await signIn()).toEqual({ verdict: "refused", problem: "refused" });

  expect((await readTrail(db, "sign_in.failed")).at(-1)).toMatchObject({ details: { by: "oidc" } });
});

test("a clock that differs by half a minute keeps nobody out", async () => {
  provider.behaviour.change = (claims) => ({ ...claims, nbf: NOW_S() + 20, iat: NOW_S() + 20 });

  expect(await signIn()).toMatchObject({ verdict: "signed_in" });
});

test("keys that were changed are read anew with the first token that they signed", async () => {
  expect(await signIn()).toMatchObject({ verdict: "signed_in" });
  const next = makeKey();
  provider.behaviour.keys = (response) => answerKeys(response, [next]);
  provider.behaviour.sign = (claims) => signWith(next, claims);

  await expect.poll(async () => (await signIn()).verdict, { timeout: 10_000, interval: 500 }).toBe("signed_in");
});

test("while the keys cannot be read nobody new is let in, and who is in stays in", async () => {
  lab = makeLab();
  const before = await signIn();
  const { gateway } = lab.desk;
  provider.behaviour.keys = (response) => response.writeHead(503).end();
  lab = makeLab();

  expect(await signIn()).toEqual({ verdict: "refused", problem: "refused" });

  expect(await gateway.findSession(before.verdict === "signed_in" ? cookieOf(before.cookies) : null)).not.toBeNull();
});

test("a provider that says nothing holds up nobody for longer than some seconds", async () => {
  provider.behaviour.isSilent = true;
  lab = makeLab();

  await expect(begin()).rejects.toMatchObject({ code: "unavailable" });

  provider.behaviour.isSilent = false;
  lab = makeLab();
  expect(await signIn()).toMatchObject({ verdict: "signed_in" });
}, 20_000);

test("groups that are not told are no groups; one told as text is one; too many are refused", async () => {
  provider.behaviour.change = ({ groups: _, ...claims }) => claims;
  expect(await signIn()).toMatchObject({ verdict: "signed_in" });
  expect((await person())?.groups).toEqual([]);

  provider.behaviour.change = (claims) => ({ ...claims, groups: "platform" });
  expect(await signIn()).toMatchObject({ verdict: "signed_in" });
  expect((await person())?.groups).toEqual(["platform"]);

  provider.behaviour.change = (claims) => ({
    ...claims,
    groups: Array.from({ length: 5_000 }, (_, index) => `g${index}`),
  });
  expect(await signIn()).toEqual({ verdict: "refused", problem: "groups" });
  provider.behaviour.change = ({ groups: _, ...claims }) => ({ ...claims, _claim_names: { groups: "src1" } });
  expect(await signIn()).toEqual({ verdict: "refused", problem: "groups" });
  expect((await person())?.groups).toEqual(["platform"]);
});

test("groups that only the user info tells are read from there, if it is about the same person", async () => {
  provider.behaviour.change = ({ groups: _, ...claims }) => claims;
  provider.behaviour.userInfo = (body) => ({ ...body, groups: ["from-user-info"] });
  expect(await signIn()).toMatchObject({ verdict: "signed_in" });
  expect((await person())?.groups).toEqual(["from-user-info"]);

  provider.behaviour.userInfo = () => ({ sub: "u-2", groups: ["admins"] });
  expect(await signIn()).toEqual({ verdict: "refused", problem: "refused" });
});

test("another subject with the same e-mail address is somebody else, and gets nothing of the first", async () => {
  await signIn();
  provider.behaviour.change = (claims) => ({ ...claims, sub: "u-other", groups: [] });

  expect(await signIn()).toMatchObject({ verdict: "signed_in" });

  const stranger = await db.stores.people.find({ issuer: provider.issuer, subject: "u-other" });
  expect(stranger).toMatchObject({ email: "riley@acme.com", groups: [] });
  expect(stranger?.key).not.toBe((await person())?.key);
  expect((await person())?.groups).toEqual(["platform"]);
});

test.each([
  ["with two @", "riley@acme.com@evil.com"],
  ["with a full-width @", "riley＠acme.com"],
  ["that is not verified", "unverified"],
])("an e-mail address %s is not taken for one, and the person signs in without", async (_name, email) => {
  provider.behaviour.change = (claims) =>
    email === "unverified" ? { ...claims, email_verified: false } : { ...claims, email };

  expect(await signIn()).toMatchObject({ verdict: "signed_in" });

  expect((await person())?.email).toBeNull();
});

test("a sign-in that was begun in another browser ends in none", async () => {
  const [ours, theirs] = [await begin(), await begin()];
  const query = await goThere(theirs);

  expect(await finish(query, null)).toEqual({ verdict: "refused", problem: "not_begun_here" });
  expect(await finish(query, ours.cookie)).toEqual({ verdict: "refused", problem: "not_begun_here" });
  expect(await finish({ ...query, state: "made-up" }, ours.cookie)).toMatchObject({ verdict: "refused" });
  expect(await finish({ code: query["code"] ?? "" }, theirs.cookie)).toMatchObject({ verdict: "refused" });
});

test("the answer of another issuer is refused before its code is used", async () => {
  const begun = await begin();
  const query = await goThere(begun);
  const before = provider.asked.tokens;

  expect(await finish({ ...query, iss: "https://evil.example" }, begun.cookie)).toEqual({
    verdict: "refused",
    problem: "refused",
  });
  expect(provider.asked.tokens).toBe(before);
});

test("a callback is good for one session, also when it comes twice or with a second code", async () => {
  const begun = await begin();
  const [first, second] = [await goThere(begun), await goThere(begun)];

  const together = await Promise.all([finish(first, begun.cookie), finish(second, begun.cookie)]);

  expect(together.map(({ verdict }) => verdict).toSorted()).toEqual(["refused", "signed_in"]);
  expect(await finish(first, begun.cookie)).toEqual({ verdict: "refused", problem: "not_begun_here" });
});

test("who signs in again must be asked anew by the provider", async () => {
  const { url } = await begin(true);
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ prompt: "login", max_age: "0" });
  provider.behaviour.change = (claims) => ({ ...claims, auth_time: NOW_S() - 3_600 });

  expect(await signIn(true)).toEqual({ verdict: "refused", problem: "not_again" });

  provider.behaviour.change = (claims) => ({ ...claims, auth_time: NOW_S() });
  expect(await signIn(true)).toMatchObject({ verdict: "signed_in" });
});

test("who is disabled is not let in by the provider either", async () => {
  await signIn();
  const key = (await person())?.key ?? "";
  const entry = { action: "person.changed", actor: lab.ctx.actor, atMs: 1, requestId: null, unlockId: null } as const;
  await db.stores.people.change({ key, disabledAtMs: 1 }, { ...entry, details: {} });
  await lab.desk.gateway.endSessions(key);

  expect(await signIn()).toEqual({ verdict: "refused", problem: "disabled" });
  expect(await lab.desk.gateway.listSessions(key)).toEqual([]);

  await db.stores.people.change({ key, disabledAtMs: null }, { ...entry, details: {} });
});

test("groups are read anew by the refresh token, once for all who ask, and who lost one has lost it", async () => {
  await signIn();
  const known = await person();
  if (known === null) throw new Error("Nobody signed in.");
  const refresh = createGroupsRefresher({ ...lab.ctx, gateway: lab.desk.gateway, groupsClaim: "groups" });
  provider.behaviour.change = (claims) => ({ ...claims, groups: ["viewers"] });
  const before = provider.asked.tokens;

  const answers = await Promise.all([refresh(known), refresh(known), refresh(known)]);

  expect(answers.map(({ verdict }) => verdict)).toEqual(["fresh", "fresh", "fresh"]);
  expect(provider.asked.tokens).toBe(before + 1);
  expect((await person())?.groups).toEqual(["viewers"]);
});

test("of two processes that want the same groups one asks, and the other takes what it was told", async () => {
  await signIn();
  const known = await person();
  if (known === null) throw new Error("Nobody signed in.");
  lab.clock.skippedMs = 16 * 60_000;
  const world = { ...lab.ctx, gateway: lab.desk.gateway, groupsClaim: "groups", pause: (ms: number) => pause(ms / 10) };
  const [one, two] = [createGroupsRefresher(world), createGroupsRefresher(world)];
  const before = provider.asked.tokens;

  const answers = await Promise.all([one(known), two(known)]);

  lab.clock.skippedMs = 0;
  expect(answers.map(({ verdict }) => verdict)).toEqual(["fresh", "fresh"]);
  expect(provider.asked.tokens).toBe(before + 1);
});

test("a provider that takes its word back ends the session; one that is down does not", async () => {
  await signIn();
  const known = await person();
  if (known === null) throw new Error("Nobody signed in.");
  provider.behaviour.tokens = (answer) => Object.assign(answer, { statusCode: 503, body: {} });
  expect(await lab.desk.gateway.readClaims(known)).toEqual({ verdict: "unavailable" });
  provider.behaviour.tokens = (answer) => Object.assign(answer, { statusCode: 400, body: { error: "invalid_grant" } });
  expect(await lab.desk.gateway.readClaims(known)).toEqual({ verdict: "ended" });
});
