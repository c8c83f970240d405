import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAtLeast, readFloors, refuseBelowFloors } from "./security-floors.mjs";

const FLOORS = { next: { lowest: "16.2.11", advisory: "GHSA-test" } };

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "floors-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("the packages that are installed here are at or above every floor", () => {
  expect(() => refuseBelowFloors()).not.toThrow();
});

test("a floor is a full version and names its advisory", () => {
  const floors: Record<string, { lowest: string; advisory: string }> = readFloors();
  for (const [name, { lowest, advisory }] of Object.entries(floors)) {
    expect(`${name} ${lowest}`).toMatch(/^\S+ \d+\.\d+\.\d+$/);
    expect(advisory).not.toBe("");
  }
});

test("a version below its floor is refused with the package, both versions and the advisory", () => {
  install({ "node_modules/next": "16.2.9" });

  expect(() => refuseBelowFloors(root, FLOORS)).toThrow(
    "next 16.2.9 (node_modules/next) is below 16.2.11, the lowest safe version: GHSA-test.",
  );
});

test("a copy that another package brought along is held to the same floor", () => {
  install({ "node_modules/next": "16.4.6", "node_modules/other/node_modules/next": "15.5.29" });

  expect(() => refuseBelowFloors(root, FLOORS)).toThrow("next 15.5.29 (node_modules/other/node_modules/next)");
});

test("a package without a floor may have any version, and a floor's package need not be there", () => {
  install({ "node_modules/other": "0.0.1" });

  expect(() => refuseBelowFloors(root, FLOORS)).not.toThrow();
});

test("where nothing is installed nothing is called safe", () => {
  expect(() => refuseBelowFloors(root, FLOORS)).toThrow("Nothing is installed yet");
});

test.each([
  ["16.2.11", true],
  ["16.2.12", true],
  ["16.10.0", true],
  ["17.0.0", true],
  ["16.2.11+build.5", true],
  ["16.2.9", false],
  ["16.1.99", false],
  ["9.99.99", false],
  ["16.2.11-canary.3", false],
  ["17.0.0-rc.1", false],
  ["16.2", false],
  ["latest", false],
])("%s at or above 16.2.11: %s", (version, isSafe) => {
  expect(isAtLeast(version, "16.2.11")).toBe(isSafe);
});

/** A tree as npm leaves it: its record of the paths, and a package.json in each. */
function install(packages: Readonly<Record<string, string>>): void {
  for (const [path, version] of Object.entries(packages)) {
    mkdirSync(join(root, path), { recursive: true });
    const name = path.split("node_modules/").at(-1);
    writeFileSync(join(root, path, "package.json"), JSON.stringify({ name, version }));
  }
  writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
}
