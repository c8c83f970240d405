import fc from "fast-check";
import { expect, test } from "vitest";
import { LOCK_FILE_SUFFIX, parseLockObjectKey } from "./s3-lock-key.ts";
import { formatStatePath, parseStatePath, parseWorkspace } from "./state-path.ts";
import { hostileKeys } from "./testing/hostile-corpus.ts";
import { encode } from "./testing/lock-text-builder.ts";

test.each(hostileKeys)("finds the state key of a lock again: $name", ({ key }) => {
  expect(parseLockObjectKey(key + LOCK_FILE_SUFFIX)).toEqual({ verdict: "lock", stateKey: key });
  expect(parseStatePath(`acme/${key}`)).toEqual({ bucket: "acme", stateKey: key });
  expect(encode(key + LOCK_FILE_SUFFIX).length).toBeLessThanOrEqual(1024);
});

test("splits a LockID at its first slash, and puts it together again", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9.-]{3,63}$/), fc.string({ minLength: 1, unit: "binary" }), (bucket, key) => {
      fc.pre(!key.endsWith("/"));
      expect(parseStatePath(formatStatePath({ bucket, stateKey: key }))).toEqual({ bucket, stateKey: key });
    }),
  );
});

test.each(["", "bucket", "/key", "bucket/", "bucket/dir/", "/"])("no state lies at %j", (text) => {
  expect(parseStatePath(text)).toBeNull();
});

test.each([".tflock", "dir/.tflock", "a/b/.tflock"])("%s locks nothing that Terraform could write", (key) => {
  expect(parseLockObjectKey(key)).toEqual({ verdict: "foreign" });
});

test.each(["a.tfstate", "a.tflock.bak", "tflock", "a.TFLOCK", ""])("%j is no lock", (key) => {
  expect(parseLockObjectKey(key)).toEqual({ verdict: "other" });
});

test.each([
  ["env:/dev/net/prod.tfstate", "dev"],
  ["env:/a b/x", "a b"],
  ["env:/dev/a\nb", "dev"],
  ["env:/dev", null],
  ["env:/dev/", null],
  ["env://x", null],
  ["other/env:/dev/x", null],
  ["dev/net/prod.tfstate", null],
])("reads the workspace of %j", (stateKey, workspace) => {
  expect(parseWorkspace(stateKey)).toBe(workspace);
});
