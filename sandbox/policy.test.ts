import { expect, test } from "vitest";
import { type AccessRequest, isAllowedBy, matchesWildcard, parsePolicy } from "./policy.ts";

const OBJECT = "arn:aws:s3:::states/a/terraform.tfstate.tflock";
const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/locks";

const UNLOCK = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: "arn:aws:s3:::states/*.tflock",
      Condition: { Null: { "s3:if-match": "false" } },
    },
    { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:DeleteItem"], Resource: TABLE },
    {
      Effect: "Deny",
      Action: "dynamodb:DeleteItem",
      Resource: TABLE,
      Condition: { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["*-md5"] } },
    },
  ],
});

function isAllowed(
  document: string,
  action: string,
  resource: string,
  context: AccessRequest["context"] = {},
): boolean {
  const policy = parsePolicy(document);
  if (policy === null) throw new Error("The policy is malformed.");
  return isAllowedBy(policy, { action, resource, context });
}

test("a delete needs If-Match where the policy asks for it", () => {
  expect(isAllowed(UNLOCK, "s3:DeleteObject", OBJECT, { "s3:if-match": ['"etag"'] })).toBe(true);
  expect(isAllowed(UNLOCK, "s3:DeleteObject", OBJECT)).toBe(false);
  expect(isAllowed(UNLOCK, "s3:DeleteObjectVersion", OBJECT, { "s3:if-match": ['"etag"'] })).toBe(false);
});

test("digest items cannot be deleted although locks of the same table can", () => {
  const remove = (lockId: string) =>
    isAllowed(UNLOCK, "dynamodb:DeleteItem", TABLE, { "dynamodb:LeadingKeys": [lockId] });
  expect([remove("states/a"), remove("states/a-md5")]).toEqual([true, false]);
});

test("nothing is allowed that no statement names", () => {
  expect(isAllowed(UNLOCK, "s3:GetObject", OBJECT)).toBe(false);
  expect(isAllowed(UNLOCK, "dynamodb:DeleteItem", `${TABLE}-other`)).toBe(false);
});

test("NotAction and NotResource turn the meaning around", () => {
  const document = JSON.stringify({
    Statement: { Effect: "Allow", NotAction: "s3:Delete*", NotResource: "arn:aws:s3:::states/*.tfstate" },
  });
  expect(isAllowed(document, "s3:GetObject", OBJECT)).toBe(true);
  expect(isAllowed(document, "s3:DeleteObject", OBJECT)).toBe(false);
  expect(isAllowed(document, "s3:GetObject", "arn:aws:s3:::states/a.tfstate")).toBe(false);
});

test("wildcards match any characters, also line breaks and those of regular expressions", () => {
  expect(matchesWildcard("a*c", "a\n(b)c")).toBe(true);
  expect(matchesWildcard("a?c", "a\u{1f512}c")).toBe(true);
  expect(matchesWildcard("a.c", "abc")).toBe(false);
  expect(matchesWildcard("S3:get*", "s3:GetObject", false)).toBe(true);
});

test("what IAM takes for a wildcard or a variable can be spelled out", () => {
  const plain = (character: string) => `\${${character}}`;
  const everything = `a${plain("*")}${plain("?")}${plain("$")}{b}*`;
  expect(matchesWildcard(everything, `a*?${plain("b")}c`)).toBe(true);
  expect(matchesWildcard(`a${plain("*")}c`, "abc")).toBe(false);
  expect(matchesWildcard(`a${plain("?")}c`, "abc")).toBe(false);
});

test.each([
  "{",
  "[]",
  "{}",
  '{"Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}',
  '{"Statement":[{"Effect":"Allow"}]}',
])("%s is malformed", (text) => {
  expect(parsePolicy(text)).toBeNull();
});
