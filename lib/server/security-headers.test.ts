import { expect, test } from "vitest";
import { describePolicy, listHeaders } from "./security-headers.ts";

test("browsers are told to stay on https only where the installation is reached by https", () => {
  expect(listHeaders({ policy: "x", isHttps: true })).toHaveProperty(
    "strict-transport-security",
    "max-age=63072000; includeSubDomains",
  );
  expect(listHeaders({ policy: "x", isHttps: false })).not.toHaveProperty("strict-transport-security");
});

test("a page runs our scripts alone, and takes no style from its markup", () => {
  const policy = describePolicy("page", "bm9uY2U=");

  expect(policy).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
  expect(policy).toContain("style-src 'self';");
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test("data that is opened as a document runs, loads and sends nothing", () => {
  const policy = describePolicy("data", "bm9uY2U=");

  expect(policy).toMatch(/^sandbox; default-src 'none';/);
  expect(policy).not.toContain("nonce");
});
