import { expect, test } from "vitest";
import type { Actor } from "./actor.ts";
import { isBoundTo, isOfLock, whyNotSecondPerson } from "./approval.ts";

const OKTA = "https://acme.okta.com";
const alice: Actor = { kind: "person", name: "alice", authenticatedBy: "oidc", issuer: OKTA, subject: "00u1" };
const bob: Actor = { kind: "person", name: "bob", authenticatedBy: "oidc", issuer: OKTA, subject: "00u2" };
const local: Actor = { kind: "person", name: "riley", authenticatedBy: "local" };

test("another person who signed in is a second person, however either did", () => {
  expect(whyNotSecondPerson(alice, bob)).toBeNull();
  expect(whyNotSecondPerson({ ...alice, authenticatedBy: "token", tokenId: "t" }, bob)).toBeNull();
  expect(whyNotSecondPerson(alice, { ...bob, authenticatedBy: "password" })).toBeNull();
  expect(whyNotSecondPerson(local, bob)).toBeNull();
});

test.each([
  ["the same identity", alice, alice, "own request"],
  ["the same identity under another name", alice, { ...alice, name: "bob" }, "own request"],
  ["the same identity signed in another way", alice, { ...alice, authenticatedBy: "password" }, "own request"],
  ["who made the token that asked", { ...alice, authenticatedBy: "token", tokenId: "t" }, alice, "own request"],
  ["the same subject by another issuer", alice, { ...alice, issuer: "https://other.example" }, "same subject"],
  ["a token of another person", alice, { ...bob, authenticatedBy: "token", tokenId: "t" }, "token"],
  ["the person at this machine, twice", local, local, "own request"],
  ["somebody at this machine", alice, local, "signed in"],
  ["the product itself", alice, { kind: "system", name: "reconciler" }, "signed in"],
  ["a stranger", alice, { kind: "stranger", name: "bob" }, "signed in"],
] as const)("%s is no second person", (_who, requester, approver, problem) => {
  expect(whyNotSecondPerson(requester, approver)).toContain(problem);
});

const ASKED = { lockKey: "k", lockId: "id", fingerprint: "f", reason: "the runner died" };

test("an approval is bound to the lock, its ID, its bytes and the reason", () => {
  expect(isBoundTo(ASKED, { ...ASKED })).toBe(true);
  expect(isBoundTo({ ...ASKED, lockId: null }, { ...ASKED, lockId: null })).toBe(true);
  for (const other of [{ lockKey: "l" }, { lockId: "other" }, { lockId: null }, { fingerprint: "g" }]) {
    expect(isBoundTo(ASKED, { ...ASKED, ...other })).toBe(false);
    expect(isOfLock(ASKED, { ...ASKED, ...other })).toBe(false);
  }
  expect(isBoundTo(ASKED, { ...ASKED, reason: "another reason" })).toBe(false);
  expect(isOfLock(ASKED, ASKED)).toBe(true);
});
