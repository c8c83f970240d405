import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { withBucket } from "./config-texts.ts";
import { loadConfig } from "./load-config.ts";

const folder = mkdtempSync(join(tmpdir(), "lockkeeper-config-"));

afterAll(() => rmSync(folder, { recursive: true }));

function load(fileName: string, isConfigFileNamed: boolean) {
  return loadConfig({ configFile: join(folder, fileName), isConfigFileNamed, variables: {} });
}

test("without a default file the sandbox is the source", () => {
  expect(load("none.yaml", false)).toEqual({ source: "sandbox" });
});

test("a file that was asked for by name and is missing is an error, never the sandbox", () => {
  expect(() => load("none.yaml", true)).toThrow(/none\.yaml does not exist\. Create it, or unset LOCKKEEPER_CONFIG/);
});

test("a file that cannot be read is an error, never the sandbox", () => {
  expect(() => loadConfig({ configFile: folder, isConfigFileNamed: false, variables: {} })).toThrow(/cannot be read/);
});

test("a file that is there is read", () => {
  writeFileSync(join(folder, "good.yaml"), withBucket("acme-tfstate"));

  expect(load("good.yaml", false)).toMatchObject({ source: "file", config: { accounts: [{ name: "a" }] } });
});

test("a wrong file is an error that names file, line and column", () => {
  writeFileSync(join(folder, "bad.yaml"), "accounts: []\n");

  expect(() => load("bad.yaml", false)).toThrow(/bad\.yaml:1:11 accounts: must have at least one account/);
});
