import type { AwsRequest, AwsResponse } from "./aws-request.ts";
import { formatDynamodbError } from "./dynamodb-front.ts";
import type { Service } from "./journal.ts";
import { formatS3Error } from "./s3-errors.ts";
import { formatStsError } from "./sts.ts";

const SKEW_MS_MAX = 15 * 60_000;

/** Refuses a request signed at a time too far from the sandbox's; null when it is near enough, or carries no time. */
export function refuseSkewed(service: Service, request: AwsRequest, nowMs: number): AwsResponse | null {
  const signedAt = request.headers["x-amz-date"] ?? request.query.get("X-Amz-Date") ?? "";
  const signedAtMs = parseAmzDate(signedAt);
  if (signedAtMs === null || Math.abs(nowMs - signedAtMs) <= SKEW_MS_MAX) return null;
  if (service === "s3") {
    const error = {
      status: 403,
      code: "RequestTimeTooSkewed",
      message: "The difference between the request time and the current time is too large.",
      details: {
        RequestTime: signedAt,
        ServerTime: new Date(nowMs).toISOString(),
        MaxAllowedSkewMilliseconds: String(SKEW_MS_MAX),
      },
    };
    return formatS3Error(error, request.method);
  }
  const isLate = signedAtMs < nowMs;
  const limit = formatAmzDate(isLate ? nowMs - SKEW_MS_MAX : nowMs + SKEW_MS_MAX);
  const message = isLate
    ? `Signature expired: ${signedAt} is now earlier than ${limit} (${formatAmzDate(nowMs)} - 15 min.)`
    : `Signature not yet current: ${signedAt} is still later than ${limit} (${formatAmzDate(nowMs)} + 15 min.)`;
  if (service === "sts") return formatStsError(403, "SignatureDoesNotMatch", message);
  return formatDynamodbError(400, "InvalidSignatureException", message);
}

function parseAmzDate(text: string): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function formatAmzDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, "");
}
