import { expect, test } from "vitest";
import { EMPTY_DRAFT, findProblem, toBody } from "./token-draft.ts";

test("lists that were left empty are not sent, since an empty list would mean nowhere", () => {
  expect(toBody({ ...EMPTY_DRAFT, name: " ci ", buckets: " \n" })).toEqual({
    name: "ci",
    expiresInDays: 30,
    roles: ["viewer"],
  });
});

test("each line is a pattern, with any comma or space that belongs to it", () => {
  const { statePaths } = toBody({ ...EMPTY_DRAFT, statePaths: "net/a, b/**\r\n\n net/c\nnet/c" });
  expect(statePaths).toEqual(["net/a, b/**", "net/c"]);
});

test.each([
  ["no name", { name: "  " }, "name"],
  ["a name that is too long", { name: "x".repeat(101) }, "name"],
  ["no role", { name: "ci", roles: [] }, "roles"],
])("with %s it is not sent, and the field is named", (_name, over, field) => {
  expect(findProblem({ ...EMPTY_DRAFT, ...over })?.field).toBe(field);
});

test("a name and a role are enough", () => {
  expect(findProblem({ ...EMPTY_DRAFT, name: "ci" })).toBeNull();
});
