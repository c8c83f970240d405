import { expect, test } from "vitest";
import { toLocalPath } from "./local-path.ts";

test.each(["/", "/unlocks", "/locks/abc?x=1#y", "/?q=a%20b", "/sign-ins"])("%s is a path of ours", (path) => {
  expect(toLocalPath(path)).toBe(path);
});

test.each([
  "",
  "unlocks",
  "//evil.example",
  "/\\evil.example",
  "/a\\..\\\\evil.example",
  "\\\\evil.example",
  "https://evil.example/",
  "javascript:alert(1)",
  "/\t/evil.example",
  "/\n/evil.example",
  " /unlocks",
  "/..//evil.example",
  "/./\u002f/evil.example",
  "/api/v1/sign-out",
  "/api",
  "/sign-in?next=/",
  "/sign-in/first",
  "/ünlocks",
  `/${"a".repeat(2_000)}`,
])("%j leads nowhere but home", (path) => {
  expect(toLocalPath(path)).toBe("/");
});

test("nothing leads home too", () => {
  expect(toLocalPath(null)).toBe("/");
  expect(toLocalPath(undefined)).toBe("/");
});
