import { expect, test } from "vitest";
import { findPasswordProblem } from "./password-rule.ts";

test.each(["three-lost-umbrellas", "kQ7#vTz!p2Lm", "zwölf grüne Gießkannen"])("%j will do", (password) => {
  expect(findPasswordProblem(password, "riley@acme.com")).toBeNull();
});

test.each([
  ["", "too short"],
  ["short-11-ch", "too short"],
  ["a".repeat(129), "too long"],
  ["password1234", "many people"],
  ["Password!!!!", "many people"],
  ["P@ssw0rd12345", "many people"],
  ["qwertyuiop123", "many people"],
  ["123456789012", "many people"],
  ["abcdefghijkl", "many people"],
  ["zyxwvutsrqpo", "many people"],
  ["aaaaaaaaaaaaaa", "many people"],
  ["terraform2026!", "many people"],
  ["riley.doe@acme.com", "e-mail"],
  ["riley.doe123", "e-mail"],
])("%j is refused as %s", (password, problem) => {
  expect(findPasswordProblem(password, "riley.doe@acme.com")).toContain(problem);
});

test("a problem never quotes the password", () => {
  expect(findPasswordProblem("password1234", "riley@acme.com")).not.toContain("password1234");
});
