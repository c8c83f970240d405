import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { missingPlatformPackages } from "./platform-packages.mjs";

test("the lock file names every platform package, so npm ci works on each of them (node scripts/platform-packages.mjs adds them)", () => {
  const lockfile = JSON.parse(readFileSync("package-lock.json", "utf8"));

  expect([...missingPlatformPackages(lockfile).keys()]).toEqual([]);
});

test("a platform package that the lock file lacks is reported with version and platform", () => {
  const tool = { version: "1.2.3", dev: true, optionalDependencies: { "@tool/cli-linux-x64-musl": "1.2.3" } };

  const missing = missingPlatformPackages({ packages: { "": {}, "node_modules/tool": tool } });

  expect(Object.fromEntries(missing)).toEqual({
    "node_modules/@tool/cli-linux-x64-musl": {
      version: "1.2.3",
      cpu: ["x64"],
      dev: true,
      libc: ["musl"],
      optional: true,
      os: ["linux"],
    },
  });
});
