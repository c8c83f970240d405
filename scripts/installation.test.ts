import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isInstalled } from "./installation.mjs";

const WANTED = {
  "": { version: "0.1.0" },
  "node_modules/next": { version: "16.4.6" },
  "node_modules/fsevents": { version: "2.3.3", optional: true },
};

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "installation-"));
  mkdirSync(join(root, "node_modules"));
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: WANTED }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("what npm recorded is what the lock file names, but for other platforms' packages: installed", () => {
  record({ "node_modules/next": { version: "16.4.6" } });

  expect(isInstalled(root)).toBe(true);
});

test.each([
  { missing: "a package", recorded: {} },
  { missing: "the wanted version", recorded: { "node_modules/next": { version: "16.4.5" } } },
  { missing: "npm's record, because it was stopped in the middle", recorded: null },
])("without $missing it is installed again", ({ recorded }) => {
  record(recorded);

  expect(isInstalled(root)).toBe(false);
});

function record(packages: object | null): void {
  if (packages === null) return;
  writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
}
