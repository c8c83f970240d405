import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSignInSecret } from "./sign-in-secret.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lockkeeper-secret-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test("beside the embedded database a secret is made once, for its owner's eyes only", () => {
  const input = { given: undefined, database: "embedded", dataDir } as const;
  const secret = loadSignInSecret(input);

  expect(secret.length).toBeGreaterThanOrEqual(64);
  expect(loadSignInSecret(input)).toBe(secret);
  expect(statSync(join(dataDir, "sign-in-secret")).mode & 0o777).toBe(0o600);
});

test("with PostgreSQL it must be given, since every process must have the same", () => {
  expect(() => loadSignInSecret({ given: undefined, database: "postgresql", dataDir })).toThrow("LOCKKEEPER_SECRET");
  expect(loadSignInSecret({ given: "g".repeat(32), database: "postgresql", dataDir })).toBe("g".repeat(32));
});

test("a file that was cut off is no secret", () => {
  writeFileSync(join(dataDir, "sign-in-secret"), "short\n");
  expect(() => loadSignInSecret({ given: undefined, database: "embedded", dataDir })).toThrow("does not hold a secret");
});
