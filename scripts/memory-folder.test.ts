import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findMemoryFolder } from "./memory-folder.mjs";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memory-folder-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("takes a folder with room in which programs run, and leaves nothing in it", () => {
  expect(findMemoryFolder(folder, 1)).toBe(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["is not there", () => findMemoryFolder(join(folder, "missing"), 1)],
  ["is too small, as a container's usually is", () => findMemoryFolder(folder, Number.MAX_SAFE_INTEGER)],
  ["cannot be written to", () => findMemoryFolder("/proc/self", 0)],
])("takes none that %s", (_, find) => {
  expect(find()).toBeNull();
});
