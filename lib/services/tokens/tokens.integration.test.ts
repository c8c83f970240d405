import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { type Access, FULL_ACCESS } from "#lib/domain/access/access.ts";
import type { Role } from "#lib/domain/access/role.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { listTokens } from "./list-tokens.ts";
import { makeToken } from "./make-token.ts";
import type { TokenRequest } from "./parse-token-request.ts";
import { readToken } from "./read-token.ts";
import { revokeToken } from "./revoke-token.ts";

const DAY_MS = 24 * 60 * 60_000;
const ISSUER = "https://idp.example";
const REQUEST: TokenRequest = { name: "nightly report", expiresInDays: 30, roles: ["viewer"] };

let db: TestDatabase;
let base: Context;
let skippedMs = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  base = createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores, skippedMs: () => skippedMs });
});
beforeEach(() => {
  skippedMs = 0;
});
afterAll(() => db.close());

function accessOfRole(role: Role): Access {
  return { grants: [{ effect: "allow", role, scope: EVERYWHERE }], limit: null };
}

function as(subject: string, access = accessOfRole("unlocker")): Context {
  return {
    ...base,
    actor: { kind: "person", name: `${subject} of Acme`, authenticatedBy: "oidc", issuer: ISSUER, subject },
    access,
    signIn: { kind: "session", sessionId: "s", signedInAtMs: Date.now() },
    freshSignInMsMax: 5 * 60_000,
  };
}

/** The lines of the trail that it adds. */
async function newEvents(work: () => Promise<unknown>): Promise<readonly string[]> {
  const { seq } = await db.stores.audit.readHead();
  await work();
  const lines = await db.stores.audit.readLines({ afterSeq: seq, limit: 100 });
  return lines.map(({ line }) => line);
}

test("a token is made once and read back as its owner within its limit; its secret is stored and recorded nowhere", async () => {
  const riley = as("riley");
  let made = { secret: "", token: { id: "" } };
  const events = await newEvents(async () => {
    made = await makeToken(riley, { ...REQUEST, roles: ["unlocker"], buckets: ["net-*"] });
  });
  const secretPart = made.secret.split("_").slice(2).join("_");

  const limit = { roles: ["unlocker"], scope: { ...EVERYWHERE, buckets: ["net-*"] } };
  const owner = { issuer: ISSUER, subject: "riley" };
  expect(await readToken(riley, made.secret)).toEqual({
    tokenId: made.token.id,
    owner,
    ownerName: "riley of Acme",
    name: "nightly report",
    limit,
  });
  const everything = JSON.stringify(
    [await db.database.prisma.apiToken.findMany(), await listTokens(riley, { of: "me" }), events],
    (_key, value) => (typeof value === "bigint" ? String(value) : value),
  );
  expect(everything).toContain(made.token.id);
  expect(everything).not.toContain(secretPart);
  expect(events).toHaveLength(1);
  expect(events[0]).toContain("token.made");
});

test.each([
  ["no name", { name: " " }],
  ["a name with a line break", { name: "a\nb" }],
  ["no end", { expiresInDays: 0 }],
  ["an end beyond 90 days", { expiresInDays: 91 }],
  ["an end that is no number", { expiresInDays: Number.NaN }],
  ["no role", { roles: [] }],
  ["the role of an admin", { roles: ["viewer", "admin"] }],
  ["the role of an approver", { roles: ["approver"] }],
  ["a role twice", { roles: ["viewer", "nobody"] }],
  ["an empty list of patterns", { accounts: [] }],
  ["a pattern that means nothing", { statePaths: ["***"] }],
])("a token with %s is not made, and the error says what to do", async (_name, over) => {
  const asked = makeToken(as("strict", FULL_ACCESS), { ...REQUEST, ...over });
  await expect(asked).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringMatching(/^Nothing was made\. Write /),
  });
  expect(await listTokens(as("strict"), { of: "me" })).toEqual([]);
});

test("whose a token is is not for the request to say", async () => {
  const owner = { issuer: ISSUER, subject: "victim" };
  const { secret } = await makeToken(as("mallory"), { ...REQUEST, ...{ owner, ...owner, actor: owner } });

  expect(await readToken(base, secret)).toMatchObject({ owner: { subject: "mallory" } });
  expect(await listTokens(as("victim"), { of: "me" })).toEqual([]);
});

test("nobody gives a token a role that they do not have", async () => {
  const asked = makeToken(as("riley", accessOfRole("viewer")), { ...REQUEST, roles: ["unlocker"] });
  await expect(asked).rejects.toMatchObject({ code: "refused" });
});

test("who may see nothing makes no token, and the attempt is on the trail", async () => {
  const events = await newEvents(() =>
    expect(makeToken(as("nobody", { grants: [], limit: null }), REQUEST)).rejects.toMatchObject({ code: "refused" }),
  );
  expect(events).toEqual([expect.stringContaining("access.denied")]);
});

test("a sign-in that is too old makes no token", async () => {
  const riley = as("riley");
  const old = { ...riley, signIn: { kind: "session", sessionId: "s", signedInAtMs: Date.now() - 301_000 } } as const;
  await expect(makeToken(old, REQUEST)).rejects.toMatchObject({ code: "sign_in_again" });
});

test("a token makes, lists and revokes none, whatever its owner may do", async () => {
  const admin = as("admin", FULL_ACCESS);
  const { token } = await makeToken(admin, { ...REQUEST, roles: ["viewer", "unlocker", "auditor"] });
  const limit = { roles: token.roles, scope: EVERYWHERE };
  const identity = { issuer: ISSUER, subject: "admin" };
  const script: Context = {
    ...admin,
    actor: { kind: "person", name: "admin", authenticatedBy: "token", tokenId: token.id, ...identity },
    access: { ...FULL_ACCESS, limit },
    signIn: { kind: "token", tokenId: token.id },
  };

  await expect(makeToken(script, REQUEST)).rejects.toMatchObject({ code: "refused" });
  await expect(listTokens(script, { of: "me" })).rejects.toMatchObject({ code: "refused" });
  await expect(listTokens(script, { of: "everybody" })).rejects.toMatchObject({ code: "refused" });
  await expect(revokeToken(script, { id: token.id })).rejects.toMatchObject({ code: "refused" });
  expect(await listTokens(admin, { of: "me" })).toEqual([token]);
});

test("local mode has no tokens, and says that it needs none", async () => {
  await expect(makeToken(base, REQUEST)).rejects.toMatchObject({
    code: "invalid",
    message: "There are no tokens in local mode.",
  });
  expect(await listTokens(base, { of: "everybody" })).toEqual([]);
});

test("people see and revoke their own tokens, and who manages people everybody's, with their owners' names", async () => {
  const { token } = await makeToken(as("owner"), REQUEST);
  const admin = as("boss", FULL_ACCESS);
  const other = as("other");

  expect((await listTokens(other, { of: "me" })).map(({ id }) => id)).not.toContain(token.id);
  await expect(listTokens(other, { of: "everybody" })).rejects.toMatchObject({ code: "refused" });
  await expect(revokeToken(other, { id: token.id })).rejects.toMatchObject({ code: "refused" });
  await expect(revokeToken(other, { id: "no\u0000id" })).rejects.toMatchObject({ code: "not_found" });
  const seen = (await listTokens(admin, { of: "everybody" })).find(({ id }) => id === token.id);
  expect(seen).toEqual({ ...token, owner: "owner of Acme", isOwn: false });

  const events = await newEvents(async () => {
    await revokeToken(admin, { id: token.id });
    await revokeToken(admin, { id: token.id });
  });
  expect(events).toHaveLength(1);
  expect(events[0]).toContain("token.revoked");
  expect(await listTokens(as("owner"), { of: "me" })).toEqual([]);
});

test("a token works until it expires or is revoked, and never with another secret or another id", async () => {
  const riley = as("lifetime");
  const { secret, token } = await makeToken(riley, REQUEST);
  const other = await makeToken(riley, REQUEST);
  const wrong = secret.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  const swapped = secret.replace(token.id, other.token.id);
  for (const bearer of [wrong, swapped, secret.slice(0, -1), `${secret} `, "", token.id]) {
    expect(await readToken(base, bearer), bearer).toBeNull();
  }

  skippedMs = 30 * DAY_MS - 60_000;
  expect(await readToken(base, secret)).toMatchObject({ tokenId: token.id });
  await revokeToken(riley, { id: token.id });
  expect(await readToken(base, secret)).toBeNull();
  skippedMs = 30 * DAY_MS + 1_000;
  expect(await readToken(base, other.secret)).toBeNull();
  expect(await listTokens(riley, { of: "me" })).toMatchObject([{ id: other.token.id, status: "expired" }]);
});

test("why a token was refused is in the log by its id, and its secret is not", async () => {
  const { secret, token } = await makeToken(as("logged"), REQUEST);
  const logged: unknown[] = [];
  const log = { ...base.log, warn: (...line: unknown[]) => logged.push(line) };
  await readToken({ ...base, log }, `${secret.slice(0, -4)}AAAA`);

  expect(logged).toEqual([[{ tokenId: token.id, status: "wrong_secret" }, "a token was refused"]]);
});

test("the last use of a token is written at most once a minute, and a failure to write it keeps nobody out", async () => {
  const { secret } = await makeToken(as("used"), REQUEST);
  let writes = 0;
  const noteUse: Context["tokens"]["noteUse"] = (use) => {
    writes += 1;
    return db.stores.tokens.noteUse(use);
  };
  const counted = { ...base, tokens: { ...base.tokens, noteUse } };
  for (let request = 0; request < 5; request += 1) await readToken(counted, secret);
  expect(writes).toBe(1);
  skippedMs = 61_000;
  await readToken(counted, secret);
  expect(writes).toBe(2);
  expect(await listTokens(as("used"), { of: "me" })).toMatchObject([{ lastUsedAt: expect.stringContaining("T") }]);

  skippedMs = 122_000;
  const broken = { ...base.tokens, noteUse: () => Promise.reject(new Error("read-only")) };
  expect(await readToken({ ...base, tokens: broken }, secret)).not.toBeNull();
});

test("a database that does not answer lets nobody in", async () => {
  const { secret } = await makeToken(as("silent"), REQUEST);
  const tokens = { ...base.tokens, find: () => Promise.withResolvers<never>().promise };
  await expect(readToken({ ...base, tokens, storeAnswerMsMax: 5 }, secret)).rejects.toMatchObject({
    code: "unavailable",
  });
});

test("nobody has more than fifty tokens", async () => {
  const many = as("many");
  for (let made = 0; made < 50; made += 1) await makeToken(many, REQUEST);
  await expect(makeToken(many, REQUEST)).rejects.toMatchObject({
    code: "invalid",
    hint: expect.stringContaining("Revoke"),
  });
});
