import { expect, test } from "vitest";
import { compareWithBefore, compareWithRecord, compareWithShown } from "./unlock-compare.ts";

const object = {
  kind: "present",
  etag: '"e1"',
  versionId: "v1",
  fingerprint: "f1",
  guard: { kind: "etag", etag: "e1" },
} as const;
const item = {
  kind: "present",
  etag: null,
  versionId: null,
  fingerprint: "f1",
  guard: { kind: "item", info: '{"S":"a"}' },
} as const;
const absent = { kind: "absent" } as const;
const denied = { kind: "denied" } as const;
const failed = { kind: "failed" } as const;

test.each([
  ["the same object", { mechanism: "s3", etag: '"e1"', fingerprint: "f1" }, object, "as_shown"],
  [
    "an object whose text the scan could not read",
    { mechanism: "s3", etag: '"e1"', fingerprint: null },
    object,
    "as_shown",
  ],
  ["an object with another ETag", { mechanism: "s3", etag: '"e2"', fingerprint: "f1" }, object, "different"],
  ["an object with other bytes", { mechanism: "s3", etag: '"e1"', fingerprint: "f2" }, object, "different"],
  [
    "an object shown without an ETag",
    { mechanism: "s3", etag: null, fingerprint: "f1" },
    { ...object, etag: null },
    "different",
  ],
  ["the same item", { mechanism: "dynamodb", etag: null, fingerprint: "f1" }, item, "as_shown"],
  ["an item with other bytes", { mechanism: "dynamodb", etag: null, fingerprint: "f2" }, item, "different"],
  ["an item that was never read", { mechanism: "dynamodb", etag: null, fingerprint: null }, item, "different"],
  ["nothing", { mechanism: "s3", etag: '"e1"', fingerprint: "f1" }, absent, "absent"],
  ["what may not be read", { mechanism: "s3", etag: '"e1"', fingerprint: "f1" }, denied, "denied"],
  ["what could not be read", { mechanism: "s3", etag: '"e1"', fingerprint: "f1" }, failed, "failed"],
] as const)("before the intent, %s", (_, shown, read, finding) => {
  expect(compareWithShown(shown, read)).toBe(finding);
});

test.each([
  ["the same object", object, object, "same"],
  ["another ETag", object, { ...object, etag: '"e2"', guard: { kind: "etag", etag: "e2" } }, "different"],
  ["the same bytes, put anew", object, { ...object, versionId: "v2" }, "different"],
  ["the same bytes, where no version is told", object, { ...object, versionId: null }, "same"],
  ["another fingerprint", object, { ...object, fingerprint: null }, "different"],
  ["the same item", item, item, "same"],
  ["another Info with the same kept bytes", item, { ...item, guard: { kind: "item", info: '{"S":"b"}' } }, "different"],
  ["nothing", object, absent, "absent"],
  ["what may not be read", object, denied, "unread"],
  ["what could not be read", object, failed, "unread"],
] as const)("after the delete, %s", (_, before, after, finding) => {
  expect(compareWithBefore(before, after)).toBe(finding);
});

test.each([
  ["the same object", object, "same"],
  ["the same ETag, of bytes that cannot be read now", { ...object, fingerprint: null }, "same"],
  ["the same bytes, put anew", { ...object, versionId: "v2" }, "different"],
  ["another ETag", { ...object, etag: '"e2"' }, "different"],
  ["other bytes", { ...object, fingerprint: "f2" }, "different"],
  ["nothing", absent, "absent"],
  ["what could not be read", failed, "unread"],
] as const)("after the deadline, %s", (_, read, finding) => {
  expect(compareWithRecord({ etag: '"e1"', versionId: "v1", fingerprint: "f1" }, read)).toBe(finding);
});
