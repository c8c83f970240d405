import { expect, test } from "vitest";
import { parseLoginEmail } from "./login-email.ts";

test.each([
  ["riley@acme.com", "riley@acme.com"],
  [" Riley.Doe+ops@Sub.Acme.COM ", "riley.doe+ops@sub.acme.com"],
  // Folded before it is checked, so what is checked is what is kept.
  ["riley＠acme.com", "riley@acme.com"],
])("%j is the address %s", (text, email) => {
  expect(parseLoginEmail(text)).toBe(email);
});

test.each([
  "",
  "riley",
  "riley@acme",
  "a@b@acme.com",
  "a＠b@acme.com",
  "ríley@acme.com",
  "riley@аcme.com",
  "riley@acme.com\u0000",
  "riley@ac me.com",
  ".riley@acme.com",
  "ri..ley@acme.com",
  "0a@person.invalid",
  `${"a".repeat(250)}@acme.com`,
])("%j is none", (text) => {
  expect(parseLoginEmail(text)).toBeNull();
});
