import fc from "fast-check";
import { expect, test } from "vitest";
import { EVERYWHERE, isEverywhere, type Place, relateToScope } from "./scope.ts";
import { anyPlace, anyScope } from "./testing/any-access.ts";

const SCOPE = { accounts: ["prod"], buckets: ["net-*"], statePaths: ["net-a/team/**"] };

test.each([
  ["a state path that it names", { account: "prod", bucket: "net-a", stateKey: "team/x/y.tfstate" }, "inside"],
  ["a state path beside it", { account: "prod", bucket: "net-a", stateKey: "teams/x" }, "outside"],
  ["the same state path in another account", { account: "dev", bucket: "net-a", stateKey: "team/x" }, "outside"],
  ["the same key in another bucket", { account: "prod", bucket: "net-b", stateKey: "team/x" }, "outside"],
  ["a bucket of which it names a part", { account: "prod", bucket: "net-a", stateKey: null }, "partly"],
  ["a bucket that it does not name", { account: "prod", bucket: "app", stateKey: null }, "outside"],
  ["its account", { account: "prod", bucket: null, stateKey: null }, "partly"],
  ["another account", { account: "dev", bucket: null, stateKey: null }, "outside"],
] as const)("relates %s", (_name, place, relation) => {
  expect(relateToScope(SCOPE, place)).toBe(relation);
});

test("what holds of a larger place holds of every place in it", () => {
  fc.assert(
    fc.property(anyScope, anyPlace, (scope, place) => {
      const relation = relateToScope(scope, place);
      for (const larger of placesAround(place)) {
        const around = relateToScope(scope, larger);
        if (around !== "partly") expect(relation).toBe(around);
        if (relation === "inside") expect(around).not.toBe("outside");
      }
    }),
    { numRuns: 3_000 },
  );
});

test("everything lies inside everywhere, nothing in a scope without patterns, and a state path never partly", () => {
  fc.assert(
    fc.property(anyScope, anyPlace, (scope, place) => {
      expect(relateToScope(EVERYWHERE, place)).toBe("inside");
      expect(relateToScope({ ...scope, accounts: [] }, place)).toBe("outside");
      if (isEverywhere(scope)) expect(relateToScope(scope, place)).toBe("inside");
      if (place.stateKey !== null) expect(relateToScope(scope, place)).not.toBe("partly");
    }),
  );
});

function placesAround({ account, bucket }: Place): readonly Place[] {
  return [
    { account, bucket, stateKey: null },
    { account, bucket: null, stateKey: null },
  ];
}
