import { expect, test } from "vitest";
import { describeRoles } from "./person-view.ts";
import { EVERYWHERE } from "./scope.ts";

test("roles are said once each, with where they hold and what is taken away", () => {
  const narrow = { ...EVERYWHERE, accounts: ["payments-*"] };
  const roles = describeRoles([
    { effect: "allow", role: "viewer", scope: EVERYWHERE },
    { effect: "allow", role: "viewer", scope: EVERYWHERE },
    { effect: "allow", role: "unlocker", scope: narrow },
    { effect: "deny", role: "unlocker", scope: { ...narrow, statePaths: ["**/prod/**"] } },
  ]);

  expect(roles).toEqual(["viewer everywhere", "unlocker in payments-*", "not unlocker in payments-*, **/prod/**"]);
});
