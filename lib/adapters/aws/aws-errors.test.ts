import { expect, test } from "vitest";
import { AssumeRoleError } from "./assume-role.ts";
import { describeFailure, isCredentialFailure } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import { makeSource } from "./testing/sandbox-account.ts";
import { TimeLimitError } from "./time-limit.ts";

const account = {
  name: "payments",
  id: "111122223333",
  region: "cn-north-1",
  scanRoleArn: "arn:aws-cn:iam::111122223333:role/scan",
  unlockRoleArn: "arn:aws-cn:iam::111122223333:role/unlock",
  restoreRoleArn: null,
  externalId: null,
  endpoints: { s3: null, dynamodb: null, sts: null },
};
const bucket = makeSource(account, "s3", "acme");
const table = makeSource(account, "dynamodb", "locks");

const restoring = { ...account, restoreRoleArn: "arn:aws-cn:iam::111122223333:role/restore" };

/** The head of an answer that AWS gave when its clock was so many minutes ahead of ours. */
function dated(minutesAhead: number): object {
  return { $response: { headers: { date: new Date(Date.now() + minutesAhead * 60_000).toUTCString() } } };
}

function signatureError(name: string, message: string): Error {
  return Object.assign(awsError(name, 403, dated(61)), { message });
}

function awsError(name: string, status: number, more: object = {}): Error {
  return Object.assign(new Error("<b>text of AWS</b>"), {
    name,
    $fault: "client",
    $metadata: { httpStatusCode: status },
    ...more,
  });
}

test("statements name the operation, the partition and nothing wider than the source", () => {
  const statementOf = (operation: Parameters<typeof describeFailure>[2]) =>
    JSON.parse(
      describeFailure(awsError("AccessDenied", 403), operation.includes("Object") ? bucket : table, operation)
        .statement ?? "",
    );

  expect(statementOf("GetObject")).toEqual({
    Effect: "Allow",
    Action: "s3:GetObject",
    Resource: "arn:aws-cn:s3:::acme/*.tflock",
  });
  expect(statementOf("DeleteObject")).toEqual({
    Effect: "Allow",
    Action: "s3:DeleteObject",
    Resource: "arn:aws-cn:s3:::acme/*.tflock",
    Condition: { Null: { "s3:if-match": "false" } },
  });
  const resource = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/locks";
  expect(statementOf("DeleteItem")).toEqual({ Effect: "Allow", Action: "dynamodb:DeleteItem", Resource: resource });
});

test("a denied delete points to the unlock role, a denied read to the scan role", () => {
  const denied = awsError("AccessDenied", 403);

  expect(describeFailure(denied, bucket, "DeleteObject").hint).toContain("role/unlock");
  expect(describeFailure(denied, bucket, "ListObjectsV2").hint).toContain("role/scan");
});

test("a denial that KMS gave asks for kms:Decrypt, not for the S3 action", () => {
  const error = Object.assign(awsError("AccessDenied", 403), { message: "not authorized to perform: kms:Decrypt on" });

  expect(describeFailure(error, bucket, "GetObject")).toMatchObject({ code: "access_denied", statement: null });
  expect(describeFailure(error, bucket, "GetObject").hint).toContain("kms:Decrypt");
});

test("the region in the answer's header or text is named, and only if it looks like one", () => {
  const header = awsError("PermanentRedirect", 301, { $response: { headers: { "x-amz-bucket-region": "eu-west-3" } } });
  const text = awsError("AuthorizationHeaderMalformed", 400, { Region: "eu-west-3" });
  const hostile = awsError("AuthorizationHeaderMalformed", 400, { Region: "<img src=x>" });

  expect(describeFailure(header, bucket, "ListObjectsV2").hint).toBe("Set region: eu-west-3 for this bucket.");
  expect(describeFailure(text, bucket, "ListObjectsV2").message).toContain("is in eu-west-3");
  expect(JSON.stringify(describeFailure(hostile, bucket, "ListObjectsV2"))).not.toContain("img");
});

test.each([
  [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "unreachable"],
  [Object.assign(new Error("x"), { code: "ENOTFOUND" }), "unreachable"],
  [Object.assign(new Error("x"), { code: "ECONNRESET", name: "TimeoutError" }), "unreachable"],
  [Object.assign(new Error("x"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), "unreachable"],
  [Object.assign(new Error("x"), { name: "CredentialsProviderError" }), "access_denied"],
  [new TimeLimitError(5), "timeout"],
  [new SyntaxError("<"), "invalid_answer"],
  [awsError("RequestTimeTooSkewed", 403), "unexpected"],
  [awsError("SlowDown", 503), "throttled"],
  [awsError("NoSuchBucket", 404), "not_found"],
  [new AssumeRoleError("arn:x", { cause: awsError("AccessDenied", 403) }), "role_refused"],
  [new AssumeRoleError("arn:x", { cause: new TimeLimitError(5) }), "timeout"],
  [new TypeError("our own mistake"), "unexpected"],
  ["a string", "unexpected"],
  [undefined, "unexpected"],
])("%s becomes %s, and nothing of its text is repeated", (thrown, code) => {
  const error = describeFailure(thrown, bucket, "ListObjectsV2");

  expect(error.code).toBe(code);
  expect(error.message).not.toMatch(/<|our own mistake|a string/);
});

test.each([
  [awsError("RequestTimeTooSkewed", 403, dated(-62)), "Our clock is 62 minutes ahead of AWS's"],
  [awsError("RequestExpired", 400, dated(16)), "Our clock is 16 minutes behind AWS's"],
  [awsError("RequestTimeTooSkewed", 403), "Our clock is wrong"],
  [signatureError("SignatureDoesNotMatch", "Signature expired: 20261124T090000Z is now earlier than …"), "61 minutes"],
  [signatureError("InvalidSignatureException", "Signature not yet current: 20261124T09…"), "61 minutes behind"],
])("a request that came at the wrong time says how far our clock is off (%#)", (thrown, words) => {
  const error = describeFailure(thrown, bucket, "ListObjectsV2");

  expect(error.message).toContain(words);
  expect(error.hint).toContain("Set the clock");
  expect(isCredentialFailure(thrown)).toBe(false);
});

test("a wrong secret is not called a wrong clock", () => {
  const error = signatureError("SignatureDoesNotMatch", "The request signature we calculated does not match …");

  expect(describeFailure(error, bucket, "ListObjectsV2")).toMatchObject({ code: "access_denied" });
  expect(isCredentialFailure(error)).toBe(true);
});

test("a denied put points to the restore role, with the condition that makes it one", () => {
  const error = describeFailure(awsError("AccessDenied", 403), { ...bucket, account: restoring }, "PutObject");

  expect(error.hint).toContain("role/restore");
  expect(JSON.parse(error.statement ?? "")).toEqual({
    Effect: "Allow",
    Action: "s3:PutObject",
    Resource: "arn:aws-cn:s3:::acme/*.tflock",
    Condition: { Null: { "s3:if-none-match": "false" } },
  });
});

test("the history of a bucket is the bucket's to allow", () => {
  const { statement } = describeFailure(awsError("AccessDenied", 403), bucket, "ListObjectVersions");

  expect(JSON.parse(statement ?? "")).toEqual({
    Effect: "Allow",
    Action: "s3:ListBucketVersions",
    Resource: "arn:aws-cn:s3:::acme",
  });
});

test("an error code that is no code is not repeated", () => {
  const error = awsError("<script>alert(1)</script>", 418);

  expect(readFailure(error).code).toBe("");
  expect(JSON.stringify(describeFailure(error, bucket, "ListObjectsV2"))).not.toContain("script");
});

test("only expired or unknown credentials are worth replacing", () => {
  expect(isCredentialFailure(awsError("ExpiredToken", 400))).toBe(true);
  expect(isCredentialFailure(awsError("UnrecognizedClientException", 400))).toBe(true);
  expect(isCredentialFailure(awsError("AccessDenied", 403))).toBe(false);
});
