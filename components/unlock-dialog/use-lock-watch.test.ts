import { expect, test } from "vitest";
import { judge } from "./use-lock-watch.ts";

const WATCHED = { key: "k", fingerprint: "f", stateKey: "network/terraform.tfstate" };

test("a lock with another fingerprint is another lock", () => {
  expect(judge([{ key: "k", fingerprint: "f" }], WATCHED)).toBe("same");
  expect(judge([{ key: "k", fingerprint: "g" }], WATCHED)).toBe("changed");
});

test("a lock that is not found is called gone only where the search is sure to find it", () => {
  expect(judge([{ key: "other", fingerprint: "f" }], WATCHED)).toBe("gone");
  expect(judge([], { ...WATCHED, stateKey: "net\u202ework" })).toBe("same");
});
