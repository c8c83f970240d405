import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSourceIdentity } from "./source-identity.ts";

const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");
const map = (name: string, identity = name) => formatSourceIdentity({ name, identity }, sha256);

test("a name that STS takes stays as it is", () => {
  expect(map("jo.doe@example.com")).toBe("jo.doe@example.com");
  expect(map("ab")).toBe("ab");
});

test("what STS refuses is replaced, cut and told apart by a hash", () => {
  expect(map("o'brien@example.com")).toMatch(/^o_brien@example\.com=[0-9a-f]{12}$/);
  expect(map("x")).toMatch(/^x=[0-9a-f]{12}$/);
  expect(map("n".repeat(65))).toMatch(/^n{51}=[0-9a-f]{12}$/);
  expect(map("aws:jo")).toMatch(/^aws_jo=[0-9a-f]{12}$/);
  expect(map("")).toMatch(/^=[0-9a-f]{12}$/);
});

test("a name that looks like a mapped one cannot be taken for it", () => {
  const mapped = map("o'brien");
  expect(map(mapped)).not.toBe(mapped);
});

test("two people of one name are told apart", () => {
  expect(map("jo", "https://idp#1")).not.toBe(map("jo", "https://idp#2"));
});

const anyName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({ maxLength: 80 }),
  fc.stringMatching(/^[\w+=,.@-]{0,70}$/),
  fc.stringMatching(/^[a-c]{0,3}=[0-9a-f]{12}$/),
);

test("every person gets one that STS takes, always the same, and no other person gets it", () => {
  fc.assert(
    fc.property(anyName, anyName, (one, other) => {
      const mapped = map(one);
      expect(mapped).toMatch(/^[\w+=,.@-]{2,64}$/);
      expect(mapped).not.toMatch(/^aws:/);
      expect(map(one)).toBe(mapped);
      if (one !== other) expect(map(other)).not.toBe(mapped);
    }),
    { numRuns: 5_000 },
  );
});
