import { expect, test } from "vitest";
import { type Access, FULL_ACCESS } from "#lib/domain/access/access.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import { describeAccount } from "./describe-account.ts";

const IDENTITY = { issuer: "https://idp.example", subject: "00u1" };
const RILEY = { kind: "person", name: "riley@acme.example", authenticatedBy: "oidc", ...IDENTITY } as const;
const VIEWER: Access = { grants: [{ effect: "allow", role: "viewer", scope: EVERYWHERE }], limit: null };

test("who signed in sees who they are, since when, and which roles a token of theirs can have", () => {
  const signIn = { kind: "session", sessionId: "s", signedInAtMs: 0 } as const;
  expect(describeAccount({ actor: RILEY, access: VIEWER, signIn })).toEqual({
    name: "riley@acme.example",
    authenticatedBy: "oidc",
    ...IDENTITY,
    signedInAt: "1970-01-01T00:00:00.000Z",
    grants: VIEWER.grants,
    tokenRoles: ["viewer"],
  });
});

test("nobody is offered a token who could not make one: not in local mode, not without a role, not by a token", () => {
  const local = { kind: "person", name: "riley", authenticatedBy: "local" } as const;
  const token = { ...RILEY, authenticatedBy: "token", tokenId: "t1" } as const;
  const limit = { roles: ["viewer"], scope: EVERYWHERE } as const;
  const none = { kind: "none" } as const;

  expect(describeAccount({ actor: local, access: FULL_ACCESS, signIn: { kind: "local" } }).tokenRoles).toEqual([]);
  expect(describeAccount({ actor: RILEY, access: { grants: [], limit: null }, signIn: none }).tokenRoles).toEqual([]);
  expect(describeAccount({ actor: token, access: { ...VIEWER, limit }, signIn: none }).tokenRoles).toEqual([]);
});

test("what is not a person has no account", () => {
  const actor = { kind: "stranger", name: "riley" } as const;
  expect(() => describeAccount({ actor, access: FULL_ACCESS, signIn: { kind: "none" } })).toThrow("Only a person");
});
