import { expect, test } from "vitest";
import type { Access } from "./access.ts";
import { mayAtAll, mayAtAny, placesOf } from "./places.ts";
import { EVERYWHERE } from "./scope.ts";

const PAIR = placesOf({ bucket: "acme-tfstate", stateKey: "network/terraform.tfstate" }, ["prod", "shared", "prod"]);
const OF_PROD: Access = {
  grants: [{ effect: "allow", role: "unlocker", scope: { ...EVERYWHERE, accounts: ["prod"] } }],
  limit: null,
};

test("a pair of two accounts is shown to who may see one of them, and unlocked only by who may unlock in both", () => {
  expect(PAIR).toHaveLength(2);
  expect(mayAtAny(OF_PROD, "locks.view", PAIR)).toBe(true);
  expect(mayAtAll(OF_PROD, "unlocks.force", PAIR)).toBe(false);
  expect(mayAtAll(OF_PROD, "unlocks.force", PAIR.slice(0, 1))).toBe(true);
});

test("what is nowhere is nobody's to do", () => {
  expect(mayAtAll(OF_PROD, "unlocks.force", [])).toBe(false);
  expect(mayAtAny(OF_PROD, "locks.view", [])).toBe(false);
});
