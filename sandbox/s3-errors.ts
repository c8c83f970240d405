import { randomBytes } from "node:crypto";
import type { AwsResponse } from "./aws-request.ts";

/** An error S3 answers with; thrown by the handlers and turned into XML at the front. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, string>;
  readonly headers: Record<string, string>;

  constructor(
    code: keyof typeof ERRORS,
    more: { details?: Record<string, string>; headers?: Record<string, string>; message?: string } = {},
  ) {
    super(more.message ?? ERRORS[code].message);
    this.status = ERRORS[code].status;
    this.code = code;
    this.details = more.details ?? {};
    this.headers = more.headers ?? {};
  }
}

const ERRORS = {
  AccessDenied: { status: 403, message: "Access Denied" },
  AuthorizationHeaderMalformed: { status: 400, message: "The authorization header that you provided is not valid." },
  BadDigest: { status: 400, message: "The Content-MD5 you specified did not match what we received." },
  ExpiredToken: { status: 400, message: "The provided token has expired." },
  IncompleteBody: { status: 400, message: "The request body terminated unexpectedly" },
  InvalidAccessKeyId: { status: 403, message: "The AWS Access Key Id you provided does not exist in our records." },
  InvalidArgument: { status: 400, message: "Invalid Argument" },
  InvalidRange: { status: 416, message: "The requested range is not satisfiable" },
  InvalidRequest: {
    status: 400,
    message:
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
  },
  InvalidToken: { status: 400, message: "The provided token is malformed or otherwise invalid." },
  InvalidURI: { status: 400, message: "Couldn't parse the specified URI." },
  KeyTooLongError: { status: 400, message: "Your key is too long" },
  MethodNotAllowed: { status: 405, message: "The specified method is not allowed against this resource." },
  NoSuchBucket: { status: 404, message: "The specified bucket does not exist" },
  NoSuchKey: { status: 404, message: "The specified key does not exist." },
  NoSuchVersion: { status: 404, message: "The specified version does not exist." },
  NotImplemented: { status: 501, message: "A header you provided implies functionality that is not implemented" },
  PermanentRedirect: {
    status: 301,
    message:
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
  },
  PreconditionFailed: { status: 412, message: "At least one of the pre-conditions you specified did not hold" },
} as const;

/** Writes an S3 error answer; HEAD answers carry no body, so the code is lost there, as on AWS. */
export function formatS3Error(
  error: { status: number; code: string; message: string; details?: Record<string, string> },
  method: string,
  headers: Record<string, string> = {},
): AwsResponse {
  const details = Object.entries(error.details ?? {})
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join("");
  const requestId = newRequestId();
  const hostId = newHostId();
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>${details}<RequestId>${requestId}</RequestId><HostId>${hostId}</HostId></Error>`;
  const body = method === "HEAD" ? Buffer.alloc(0) : Buffer.from(xml);
  const ids = { "x-amz-request-id": requestId, "x-amz-id-2": hostId };
  return { status: error.status, headers: { "content-type": "application/xml", ...ids, ...headers }, body };
}

/** Escapes text for XML; control characters become numeric references, which XML 1.0 readers may refuse, as on AWS. */
export function escapeXml(text: string): string {
  if (/^[\w./:+%-]*$/.test(text)) return text;
  const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return text.replace(/[&<>"'\p{Cc}\ufffe\uffff]/gu, (char) => named[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);
}

export function newRequestId(): string {
  return randomBytes(8).toString("hex").toUpperCase();
}

export function newHostId(): string {
  return randomBytes(56).toString("base64");
}
