import { expect, test } from "vitest";
import { describeOperation } from "./operation.ts";

const MINUTE_MS = 60_000;

test.each([
  ["OperationTypePlan", "Plan", 30],
  ["OperationTypeApply", "Apply / destroy", 120],
  ["OperationTypeRefresh", "Refresh", 30],
  ["OperationTypeInvalid", "Import or console", 480],
  ["init", "Creating workspace", 30],
  ["migration source state", "State migration (source)", 30],
  ["migration destination state", "State migration (destination)", 30],
  ["backend from plan", "Backend initialisation", 30],
  ["init is initializing state_store first time", "Backend initialisation", 30],
  ["state-mv", "State edit: mv", 15],
  ["state-rm", "State edit: rm", 15],
  ["state-push", "State edit: push", 15],
  ["state-replace-provider", "State edit or workspace delete", 15],
  ["taint", "Taint", 15],
  ["untaint", "Untaint", 15],
  ["workspace-new", "New workspace", 30],
  ["workspace_new", "New workspace (old)", 30],
  ["workspace_delete", "Workspace delete (old)", 30],
  ["test", "Test", 120],
  ["something new", "something new", 120],
  ["", "Unknown", 120],
  [null, "Unknown", 120],
])("calls %j %s, stale after %d min", (raw, label, minutes) => {
  expect(describeOperation(raw)).toMatchObject({ label, staleAfterMs: minutes * MINUTE_MS });
});

test("only a plan writes no state", () => {
  expect(describeOperation("OperationTypePlan").isReadOnly).toBe(true);
  expect(describeOperation("OperationTypeApply").isReadOnly).toBe(false);
  expect(describeOperation("anything").isReadOnly).toBe(false);
});

test.each([
  ["OperationTypePlan", "plan"],
  ["OperationTypeApply", "apply"],
  ["OperationTypeRefresh", "refresh"],
  ["OperationTypeInvalid", "import"],
  ["state-mv", "edit"],
  ["state-rm", "edit"],
  ["state-push", "edit"],
  ["state-replace-provider", "edit"],
  ["taint", "edit"],
  ["untaint", "edit"],
  ["init", "other"],
  ["migration source state", "other"],
  ["backend from plan", "other"],
  ["workspace-new", "other"],
  ["workspace_delete", "other"],
  ["test", "other"],
  ["something new", null],
  ["", null],
  [null, null],
])("a policy calls %j %s", (raw, ageClass) => {
  expect(describeOperation(raw).ageClass).toBe(ageClass);
});

test("a foreign value is shown in one safe, short line", () => {
  expect(describeOperation(`a\u202e\n${"x".repeat(500)}`).label).toMatch(/^a⟦U\+202E⟧␊x+…$/);
  expect(describeOperation("__proto__").label).toBe("__proto__");
});
