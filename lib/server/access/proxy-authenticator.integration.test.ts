import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import type { AssertionVerdict } from "#lib/domain/access/assertion.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import { readTrail } from "#lib/services/testing/sign-in-lab.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { createProxyAuthenticator } from "./proxy-authenticator.ts";

const ISSUER = "https://acme.cloudflareaccess.com";
const RULES = [{ effect: "allow", role: "viewer", groups: ["platform"], people: [], scope: EVERYWHERE }] as const;

let db: TestDatabase;
const clock = { skippedMs: 0 };
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

function authenticate(verdict: AssertionVerdict) {
  const ctx = createTestContext({
    endpoint: "http://127.0.0.1:9",
    stores: db.stores,
    skippedMs: () => clock.skippedMs,
  });
  return createProxyAuthenticator({ ...ctx, config: { rules: RULES }, readAssertion: async () => verdict })(
    new Headers(),
  );
}

function valid(given: { groups?: readonly string[]; signedInAtMs?: number | null } = {}): AssertionVerdict {
  const { groups = ["platform"], signedInAtMs = 1_000 } = given;
  const person = { issuer: ISSUER, subject: "u-1", name: "Riley", email: "riley@acme.com" };
  return { verdict: "valid", assertion: { ...person, groups, signedInAtMs, expiresAtMs: Date.now() + 60_000 } };
}

test("whom the proxy vouches for is that person, and is kept and recorded when first seen", async () => {
  expect(await authenticate(valid())).toMatchObject({
    actor: { authenticatedBy: "proxy", issuer: ISSUER, subject: "u-1", name: "Riley" },
    signIn: { kind: "proxy", signedInAtMs: 1_000 },
    access: { grants: [{ role: "viewer" }] },
  });
  expect(await db.stores.people.find({ issuer: ISSUER, subject: "u-1" })).toMatchObject({
    kind: "proxy",
    groups: ["platform"],
  });
  await authenticate(valid());
  expect(await readTrail(db, "sign_in.succeeded")).toHaveLength(1);
});

test("what the proxy says of groups counts at once, and is kept once a minute", async () => {
  expect((await authenticate(valid({ groups: [] })))?.access.grants).toEqual([]);
  expect((await db.stores.people.find({ issuer: ISSUER, subject: "u-1" }))?.groups).toEqual(["platform"]);
  clock.skippedMs = 61_000;
  await authenticate(valid({ groups: [] }));
  expect((await db.stores.people.find({ issuer: ISSUER, subject: "u-1" }))?.groups).toEqual([]);
});

test("nobody is nobody; a forged assertion is nobody too, and on the trail; one that cannot be verified is an error", async () => {
  expect(await authenticate({ verdict: "absent" })).toBeNull();
  expect(await authenticate({ verdict: "refused", reason: "the signature is wrong" })).toBeNull();
  expect(await readTrail(db, "sign_in.failed")).toMatchObject([
    { details: { by: "proxy", reason: "the signature is wrong" } },
  ]);
  await expect(authenticate({ verdict: "unavailable", reason: "no keys" })).rejects.toMatchObject({
    code: "unavailable",
  });
});

test("who is disabled here is nobody, whatever the proxy says", async () => {
  const person = await db.stores.people.find({ issuer: ISSUER, subject: "u-1" });
  const actor = { kind: "system", name: "auditor" } as const;
  const entry = { action: "person.changed", actor, atMs: 1, requestId: null, unlockId: null, details: {} } as const;
  await db.stores.people.change({ key: person?.key ?? "", disabledAtMs: 1 }, entry);

  expect(await authenticate(valid())).toBeNull();
});
