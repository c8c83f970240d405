import type { AwsRequest } from "./aws-request.ts";
import { S3Error } from "./s3-errors.ts";

/** Gives the object bytes of a PUT: as sent, or taken out of `aws-chunked` framing with its trailers. */
export function decodePayload(request: AwsRequest): Buffer {
  const isChunked =
    (request.headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-") ||
    (request.headers["content-encoding"] ?? "").includes("aws-chunked");
  return isChunked ? decodeChunks(request) : request.body;
}

function decodeChunks(request: AwsRequest): Buffer {
  const body = request.body;
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    if (lineEnd < 0) throw new S3Error("IncompleteBody");
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!Number.isInteger(size)) throw new S3Error("IncompleteBody");
    if (size === 0) break;
    const start = lineEnd + 2;
    if (start + size + 2 > body.length) throw new S3Error("IncompleteBody");
    chunks.push(body.subarray(start, start + size));
    at = start + size + 2;
  }
  const decoded = Buffer.concat(chunks);
  const promised = request.headers["x-amz-decoded-content-length"];
  if (promised !== undefined && Number(promised) !== decoded.length) throw new S3Error("IncompleteBody");
  return decoded;
}
