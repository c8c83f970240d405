import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { readEmail, readGroups } from "#lib/domain/access/claims.ts";
import { accessOfPerson } from "#lib/domain/access/grants.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import { summariseConfig } from "./config/config-summary.ts";
import { read } from "./config/config-texts.ts";
import { parseLockQuery } from "./lock-query.ts";
import { readBody } from "./run-route.ts";

/** Names that lead from an object to what all objects share. Lock text and state keys with them are in the hostile corpus. */
const NAMES = ["__proto__", "constructor", "prototype"];
const SHARED = [Object.prototype, Array.prototype, Function.prototype];
const before = SHARED.map(Reflect.ownKeys);

afterEach(() => {
  expect(SHARED.map(Reflect.ownKeys)).toEqual(before);
});

test.each(NAMES)("what stands under the name %s in a body is no field of it", async (name) => {
  const body = `{"reason":"r","${name}":{"isBreakGlass":true,"prototype":{"isBreakGlass":true}}}`;
  const request = new Request("http://127.0.0.1/", { method: "POST", body });
  const schema = z.object({ reason: z.string(), isBreakGlass: z.boolean().optional() });

  expect(Object.entries(await readBody(request, schema))).toEqual([["reason", "r"]]);
});

test.each(NAMES)("the name %s in a query is no filter", (name) => {
  const { filter } = parseLockQuery(new URLSearchParams({ who: "riley", [name]: "x" }));

  expect(Object.entries(filter).filter(([, value]) => value !== undefined)).toEqual([["who", "riley"]]);
});

test("accounts and tables that are called so are parts of the configuration like others", () => {
  const accounts = NAMES.map((name, index) => {
    const common = { id: `11112222333${index}`, region: "eu-west-1", tables: [{ name }] };
    return { name: name.replaceAll("__", ""), ...common };
  });
  const parsed = read(JSON.stringify({ accounts }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { parts, sources } = summariseConfig(parsed.config, (text) => text);

  expect(Object.keys(parts)).toEqual(expect.arrayContaining(["account constructor", "account prototype"]));
  expect(sources.map((id) => id.split(":").at(-1)).toSorted()).toEqual(NAMES.toSorted());
});

test.each(NAMES)("what stands under the claim %s says nothing about a person", (name) => {
  const claims: Record<string, unknown> = JSON.parse(
    `{"sub":"u-1","${name}":{"groups":["admins"],"email":"root@acme.com","email_verified":true}}`,
  );

  expect(readGroups(claims, "groups")).toEqual({ verdict: "read", groups: [] });
  expect(readEmail(claims)).toBeNull();
});

test.each(NAMES)("a group or a person called %s gets what a rule gives it, and nothing else", (name) => {
  const person = {
    kind: "oidc",
    subject: name,
    email: null,
    groups: [name],
    isAdmin: false,
    disabledAtMs: null,
  } as const;
  const rule = { effect: "allow", role: "admin", people: [], scope: EVERYWHERE } as const;

  expect(accessOfPerson([{ ...rule, groups: ["admins"] }], person)?.grants).toEqual([]);
  expect(accessOfPerson([{ ...rule, groups: [name] }], person)?.grants).toHaveLength(1);
});
