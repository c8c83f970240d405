import type { Source, SourceError, SourceErrorCode } from "#lib/domain/source.ts";
import { AssumeRoleError } from "./assume-role.ts";
import { type AwsFailure, isInvalidAnswer, readFailure } from "./aws-failure.ts";
import { type AwsOperation, actionOf, formatAssumeRoleStatement, formatStatement } from "./iam-statements.ts";

const THROTTLED =
  /^(Throttling(Exception)?|ProvisionedThroughputExceededException|RequestLimitExceeded|SlowDown|TooManyRequestsException|BandwidthLimitExceeded)$/;
const DENIED = /^(AccessDenied(Exception)?|Forbidden|AllAccessDisabled|AccountProblem|KMS.*|UnauthorizedAccess)$/;
const EXPIRED = /^(ExpiredToken(Exception)?|TokenRefreshRequired)$/;
const UNKNOWN_KEY =
  /^(InvalidAccessKeyId|UnrecognizedClientException|InvalidClientTokenId|InvalidToken|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|NotSignedUp)$/;
const ELSEWHERE =
  /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;
const CHECK_ENDPOINT = "A proxy or sign-in page may stand between Lockkeeper and AWS; check the endpoint and the name.";

/** Says in our own words why a call on a source failed, and what to change. */
export function describeFailure(thrown: unknown, source: Source, operation: AwsOperation): SourceError {
  const failure = readFailure(thrown);
  if (thrown instanceof AssumeRoleError) return describeRoleFailure(failure, source, thrown.roleArn);
  // These words are our own, and say more than the kind alone.
  if (isInvalidAnswer(thrown)) return problem("invalid_answer", thrown.message, CHECK_ENDPOINT);
  return describeCommon(failure, source, serviceOf(source)) ?? describeAnswer(failure, source, operation);
}

/** True when AWS asks to slow down. */
export function isThrottled(thrown: unknown): boolean {
  const { kind, code, status } = readFailure(thrown);
  return kind === "answered" && (THROTTLED.test(code) || status === 429);
}

/** True when new credentials may help: the present ones expired or are not known. */
export function isCredentialFailure(thrown: unknown): boolean {
  const { code, isClock } = readFailure(thrown);
  return !isClock && (EXPIRED.test(code) || UNKNOWN_KEY.test(code));
}

/** True when the object is there, but AWS will not let us read it: permissions, KMS, or a key only its writer has. */
export function isUnreadable(failure: AwsFailure): boolean {
  return isAccessDenied(failure) || failure.isKms || isCustomerKey(failure);
}

function isCustomerKey(failure: AwsFailure): boolean {
  return failure.status === 400 && failure.code === "InvalidRequest";
}

export function isAccessDenied(failure: AwsFailure): boolean {
  return failure.kind === "answered" && DENIED.test(failure.code);
}

function describeRoleFailure(failure: AwsFailure, source: Source, roleArn: string): SourceError {
  const common = describeCommon(failure, source, "STS");
  if (common !== null) return { ...common, message: `The role ${roleArn} could not be assumed: ${common.message}` };
  if (isAccessDenied(failure)) {
    const externalId = source.account.externalId === null ? "no external ID" : "the account's external ID";
    return {
      code: "role_refused",
      message: `AWS refuses to let Lockkeeper assume ${roleArn}.`,
      hint: `Check that the role exists, that its trust policy names Lockkeeper's own identity, and that the external ID there is the one configured (${externalId} was sent). Lockkeeper's identity needs the statement below.`,
      statement: formatAssumeRoleStatement(roleArn),
    };
  }
  if (failure.code === "RegionDisabledException") {
    const hint = `Activate STS for ${source.account.region} in the account settings of IAM, or configure another region.`;
    return problem("role_refused", `STS is not active in ${source.account.region}.`, hint);
  }
  return problem(
    "role_refused",
    `The role ${roleArn} could not be assumed (${labelOf(failure)}).`,
    "Check the role's ARN, its maximum session duration and the external ID in the configuration.",
  );
}

/** Failures that mean the same for every service; null when the answer is about the source itself. */
function describeCommon(failure: AwsFailure, source: Source, service: string): SourceError | null {
  const at = `${service} in ${service === "STS" ? source.account.region : source.region}`;
  if (failure.kind === "time_limit") {
    return problem(
      "timeout",
      `${at} did not answer in time.`,
      "Check the network path and the endpoint; the next scan tries again.",
    );
  }
  if (failure.kind === "not_sent" || failure.kind === "connection") {
    const code = failure.code === "" ? "" : ` (${failure.code})`;
    const message = failure.kind === "not_sent" ? "could not be reached" : "broke the connection";
    return problem(
      "unreachable",
      `${at} ${message}${code}.`,
      "Check the endpoint, DNS, proxy, firewall and certificates.",
    );
  }
  if (failure.kind === "no_credentials") {
    const hint =
      "Give the process an identity (environment variables, a profile, or a role of its machine) and restart.";
    return problem("access_denied", "No AWS credentials were found.", hint);
  }
  if (failure.kind === "invalid_answer") {
    const status = failure.status === null ? "" : ` (HTTP ${failure.status})`;
    return problem(
      "invalid_answer",
      `What answered in place of ${at} does not speak its language${status}.`,
      CHECK_ENDPOINT,
    );
  }
  if (failure.kind === "internal") {
    return problem("unexpected", "Lockkeeper failed while reading this source.", "See the log; please report this.");
  }
  if (failure.isClock) return describeClock(failure, at);
  if (EXPIRED.test(failure.code)) {
    const hint =
      "Renew Lockkeeper's own credentials (for example sign in again); a role's are renewed by the next scan.";
    return problem("access_denied", "The credentials have expired.", hint);
  }
  if (UNKNOWN_KEY.test(failure.code)) {
    const hint =
      "Check the access key, its secret and the session token; in a sandbox or S3-compatible store, its own keys are needed.";
    return problem("access_denied", `${service} does not accept the credentials (${failure.code}).`, hint);
  }
  if (THROTTLED.test(failure.code) || failure.status === 429) {
    const hint = "The next scan tries again. Scan less often, or raise the table's read capacity.";
    return problem("throttled", `${at} asks to slow down (${failure.code}).`, hint);
  }
  return null;
}

/** By our clock now: the answer has just come, and these are differences of minutes. */
function describeClock({ awsDateMs }: AwsFailure, at: string): SourceError {
  const hint = "Set the clock of the machine that Lockkeeper runs on, and keep it set (NTP).";
  if (awsDateMs === null) return problem("unexpected", `Our clock is wrong, so ${at} refuses the request.`, hint);
  const aheadMs = Date.now() - awsDateMs;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const amount = `${minutes} minute${minutes === 1 ? "" : "s"} ${aheadMs > 0 ? "ahead of" : "behind"}`;
  return problem("unexpected", `Our clock is ${amount} AWS's, so ${at} refuses the request.`, hint);
}

function describeAnswer(failure: AwsFailure, source: Source, operation: AwsOperation): SourceError {
  const { name, account, region } = source;
  const what = source.kind === "s3" ? "bucket" : "table";
  if (ELSEWHERE.test(failure.code) || failure.status === 301 || failure.status === 307) {
    const actual = failure.bucketRegion;
    const message = actual ? `The bucket is in ${actual}, not in ${region}.` : `The bucket is not in ${region}.`;
    return problem(
      "wrong_region",
      message,
      actual ? `Set region: ${actual} for this bucket.` : "Set the bucket's region.",
    );
  }
  if (failure.code === "NoSuchBucket" || failure.code === "InvalidBucketName") {
    return problem("not_found", `There is no bucket ${name}.`, "Check the name in the configuration.");
  }
  if (failure.code === "ResourceNotFoundException") {
    const hint = `Check the table's name and region; tables are looked for in account ${account.id}.`;
    return problem("not_found", `There is no table ${name} in ${region}.`, hint);
  }
  if (failure.code === "ValidationException") {
    const hint =
      "Terraform's lock tables have the partition key LockID of type String and no sort key. Remove other tables.";
    return problem("invalid_answer", `The table ${name} is not a lock table.`, hint);
  }
  if (operation === "GetObject" && isCustomerKey(failure)) {
    const hint = "Only the lock's writer has the key. The lock can be seen, but not read.";
    return problem("access_denied", "The lock is encrypted with a customer's own key (SSE-C).", hint);
  }
  if (failure.isKms) {
    const hint = "The role needs kms:Decrypt on the key that encrypts the locks, and the key must be enabled.";
    return problem("access_denied", "KMS does not let the role decrypt.", hint);
  }
  if (isAccessDenied(failure)) {
    const owner =
      source.kind === "s3" ? ` AWS also answers this when the bucket is not owned by account ${account.id}.` : "";
    return {
      code: "access_denied",
      message: `AWS denies ${actionOf(operation)} on the ${what} ${name}.`,
      hint: `Add the statement below to ${roleOf(source, operation)}.${owner}`,
      statement: formatStatement(source, operation),
    };
  }
  const hint = "The next scan tries again; if it stays, look the code up in AWS's documentation.";
  return problem("unexpected", `${serviceOf(source)} answered ${labelOf(failure)} to ${operation}.`, hint);
}

function roleOf(source: Source, operation: AwsOperation): string {
  const { scanRoleArn, unlockRoleArn, restoreRoleArn } = source.account;
  const isDelete = operation === "DeleteObject" || operation === "DeleteItem";
  const isPut = operation === "PutObject" || operation === "PutItem";
  const arn = isDelete ? unlockRoleArn : isPut ? restoreRoleArn : scanRoleArn;
  return arn === null ? "the identity Lockkeeper runs with" : `the role ${arn}`;
}

function serviceOf(source: Source): string {
  return source.kind === "s3" ? "S3" : "DynamoDB";
}

function labelOf(failure: AwsFailure): string {
  return [failure.code, failure.status === null ? "" : `HTTP ${failure.status}`]
    .filter((part) => part !== "")
    .join(", ");
}

function problem(code: SourceErrorCode, message: string, hint: string): SourceError {
  return { code, message, hint, statement: null };
}
