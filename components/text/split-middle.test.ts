import fc from "fast-check";
import { expect, test } from "vitest";
import { splitMiddle } from "./split-middle.ts";

test("a short path is all tail, so nothing of it is cut", () => {
  expect(splitMiddle("prod/terraform.tfstate")).toEqual({ head: "", tail: "prod/terraform.tfstate" });
});

test("a long path keeps whole directories at its end", () => {
  expect(splitMiddle("platform/eu-west-1/network/vpc/terraform.tfstate")).toEqual({
    head: "platform/eu-west-1/network",
    tail: "/vpc/terraform.tfstate",
  });
});

test("a path without slashes is cut by length", () => {
  const { head, tail } = splitMiddle("a".repeat(100), 10);

  expect([head.length, tail.length]).toEqual([90, 10]);
});

test("a last directory of a few letters does not become a tail that says nothing", () => {
  expect(splitMiddle(`${"a".repeat(40)}/b`, 10).tail).toHaveLength(10);
});

test("both parts together are the path, and no character is parted", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (text) => {
      const { head, tail } = splitMiddle(text, 12);

      expect(head + tail).toBe(text);
      expect(head.isWellFormed() && tail.isWellFormed()).toBe(true);
    }),
  );
});
