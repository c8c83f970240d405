import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { type Access, FULL_ACCESS, may } from "#lib/domain/access/access.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { makeToken } from "#lib/services/tokens/make-token.ts";
import { bearerOf, tokenPrincipal } from "./token-principal.ts";

const IDENTITY = { issuer: "https://idp.example", subject: "riley" };
const PLACE = { account: "payments-prod", bucket: "net-a", stateKey: "x.tfstate" };

let db: TestDatabase;
let ctx: Context;
let secret: string;
let ownerAccess: Access | null = FULL_ACCESS;
beforeAll(async () => {
  db = await openTestDatabase();
  ctx = {
    ...createTestContext({ endpoint: "http://127.0.0.1:9", stores: db.stores }),
    actor: { kind: "person", name: "riley", authenticatedBy: "password", ...IDENTITY },
    signIn: { kind: "session", sessionId: "s", signedInAtMs: Date.now() },
    accessOf: async ({ issuer, subject }) =>
      issuer === IDENTITY.issuer && subject === IDENTITY.subject ? ownerAccess : null,
  };
  const made = await makeToken(ctx, { name: "ci", expiresInDays: 1, roles: ["unlocker"], buckets: ["net-*"] });
  secret = made.secret;
});
afterAll(() => db.close());

test("a token asks in its owner's name, by its own sign-in, and within its limit", async () => {
  ownerAccess = FULL_ACCESS;
  const principal = await tokenPrincipal(ctx, secret);
  if (principal === null) throw new Error("refused");

  const { actor, signIn, access } = principal;
  expect(actor).toMatchObject({ authenticatedBy: "token", name: "riley", tokenId: expect.any(String), ...IDENTITY });
  expect(signIn.kind).toBe("token");
  expect(may(access, "unlocks.force", PLACE)).toBe(true);
  expect(may(access, "unlocks.force", { ...PLACE, bucket: "app" })).toBe(false);
  expect(may(access, "audit.read", PLACE)).toBe(false);
  expect(may(access, "unlocks.approve", PLACE)).toBe(false);
});

test("what the owner loses the token loses at once, and a token of a disabled owner is nobody", async () => {
  const scope = { accounts: ["**"], buckets: ["app"], statePaths: ["**"] };
  ownerAccess = { grants: [{ effect: "allow", role: "unlocker", scope }], limit: null };
  const principal = await tokenPrincipal(ctx, secret);
  expect(principal !== null && may(principal.access, "unlocks.force", PLACE)).toBe(false);

  ownerAccess = null;
  expect(await tokenPrincipal(ctx, secret)).toBeNull();
});

test("who cannot be told what the owner may do is let nowhere", async () => {
  const accessOf = () => Promise.reject(new Error("the database is down"));
  await expect(tokenPrincipal({ ...ctx, accessOf }, secret)).rejects.toThrow("the database is down");
});

test.each([
  ["Bearer lkt_a_b", "lkt_a_b"],
  ["bearer   lkt_a_b ", "lkt_a_b"],
  ["Basic lkt_a_b", null],
  ["Bearer", null],
  ["Bearer a b", null],
  ["", null],
])("the header %j carries %j", (authorization, bearer) => {
  expect(bearerOf(new Headers({ authorization }))).toBe(bearer);
});
