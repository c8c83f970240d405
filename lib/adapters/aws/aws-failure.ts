import { AssumeRoleError } from "./assume-role.ts";
import { readAwsDate } from "./aws-date.ts";
import { fieldsOf } from "./fields.ts";
import { ListingFormatError, ListingOrderError } from "./listing/listing-error.ts";
import { TimeLimitError } from "./time-limit.ts";

/** An answer that AWS would not give: a portal's page, a missing field, an endless listing. */
export class InvalidAnswerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "InvalidAnswerError";
  }
}

/** True for an answer that AWS would not give; its message is in our own words. */
export function isInvalidAnswer(thrown: unknown): thrown is Error {
  return (
    thrown instanceof InvalidAnswerError || thrown instanceof ListingFormatError || thrown instanceof ListingOrderError
  );
}

/** What can be said of a failed call without repeating anything AWS, or whoever answered in its place, wrote. */
export type AwsFailure = {
  readonly kind:
    | "time_limit"
    | "not_sent"
    | "connection"
    | "no_credentials"
    | "invalid_answer"
    /** AWS answered with an error; `code` names it. */
    | "answered"
    | "internal";
  /** AWS's error code or Node's, cut down to plain characters; "" when there is none. */
  readonly code: string;
  readonly status: number | null;
  readonly requestId: string | null;
  /** Where S3 says the bucket is. */
  readonly bucketRegion: string | null;
  /** KMS, not S3 or DynamoDB itself, refused. */
  readonly isKms: boolean;
  /** AWS refused the time that the request was signed with. */
  readonly isClock: boolean;
  /** AWS's own time of the answer. */
  readonly awsDateMs: number | null;
};

/** Nothing was sent when the connection could not even be opened. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/;
const CONNECTION =
  /^(ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE|ECONNABORTED|EPROTO|ERR_TLS.*|CERT_.*|.*_CERT.*|.*SIGNATURE|ERR_STREAM_PREMATURE_CLOSE|HPE_.*)$/;
const TIME_LIMIT = /^(TimeoutError|AbortError|TimeLimitError)$/;
const CLOCK = /^(RequestTimeTooSkewed|RequestInTheFuture|RequestExpired)$/;
/** Only S3 has codes of its own for a wrong clock; the others call it a wrong signature, and say why in words. */
const SIGNATURE = /^(SignatureDoesNotMatch|InvalidSignatureException)$/;
const SIGNATURE_TIME = /^Signature (expired|not yet current)/i;
const UNNAMED = /^(Unknown|UnknownError|Error|\d+)$/;

/** Reads an error of the SDK, of Node or of our own into the little that is trusted. */
export function readFailure(thrown: unknown): AwsFailure {
  const error = fieldsOf(thrown instanceof AssumeRoleError ? thrown.cause : thrown);
  const metadata = fieldsOf(error["$metadata"]);
  const response = fieldsOf(error["$response"]);
  const headers = fieldsOf(response["headers"]);
  const status = numberOf(metadata["httpStatusCode"]) ?? numberOf(response["statusCode"]);
  const nodeCode = plain(error["code"]);
  const name = plain(error["name"]);
  const facts = {
    status,
    requestId: plain(metadata["requestId"]) || null,
    bucketRegion: plain(headers["x-amz-bucket-region"]) || plain(error["Region"]) || null,
    isClock: CLOCK.test(name) || (SIGNATURE.test(name) && SIGNATURE_TIME.test(textOf(error["message"]))),
    awsDateMs: readAwsDate(headers),
    isKms: name.startsWith("KMS") || /\bkms:/i.test(textOf(error["message"])),
  };
  const as = (kind: AwsFailure["kind"], code: string): AwsFailure => ({ kind, code, ...facts });

  if (thrown instanceof TimeLimitError) return as("time_limit", "");
  if (isInvalidAnswer(thrown)) return as("invalid_answer", "");
  if (NOT_CONNECTED.test(nodeCode)) return as("not_sent", nodeCode);
  if (CONNECTION.test(nodeCode)) return as("connection", nodeCode);
  if (TIME_LIMIT.test(name) || nodeCode === "ETIMEDOUT") return as("time_limit", nodeCode);
  if (name === "CredentialsProviderError" || name === "TokenProviderError") return as("no_credentials", "");
  if (error["$fault"] === undefined || UNNAMED.test(name) || (status !== null && status < 300)) {
    return as(status === null && name !== "SyntaxError" ? "internal" : "invalid_answer", "");
  }
  return as("answered", name);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** Codes, regions and request ids have only these characters; anything else is not one. */
function plain(value: unknown): string {
  return typeof value === "string" && /^[\w.:#+/=-]{1,128}$/.test(value) ? value : "";
}
