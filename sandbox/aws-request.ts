import type { IncomingMessage } from "node:http";

/** What a SigV4 credential scope says about a request; the signature itself is not checked. */
export type CredentialScope = { accessKeyId: string; region: string; service: string };

export type AwsRequest = {
  method: string;
  /** The path exactly as sent, still percent-encoded: `..` and `//` are part of an S3 key. */
  rawPath: string;
  query: Map<string, string>;
  headers: Record<string, string>;
  body: Buffer;
  scope: CredentialScope | null;
  sessionToken: string | null;
};

export type AwsResponse = { status: number; headers: Record<string, string>; body: Buffer };

const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Reads one HTTP request to its end; null when it is cut off or larger than the sandbox accepts. */
export async function readAwsRequest(message: IncomingMessage): Promise<AwsRequest | null> {
  const body = await readBody(message);
  if (body === null) return null;
  const target = message.url ?? "/";
  const questionMark = target.indexOf("?");
  const rawPath = questionMark < 0 ? target : target.slice(0, questionMark);
  const query = parseQuery(questionMark < 0 ? "" : target.slice(questionMark + 1));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method: message.method ?? "GET",
    rawPath,
    query,
    headers,
    body,
    scope: parseScope(headers, query),
    sessionToken: headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token") ?? null,
  };
}

/** Undoes percent-encoding byte by byte; null when the bytes are not UTF-8, as S3 refuses such keys. */
export function decodePercent(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Parses a query string or form, where `+` stands for a space. */
export function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? "" : part.slice(equals + 1);
    const plain = (encoded: string) => decodePercent(encoded.replaceAll("+", "%20")) ?? encoded;
    query.set(plain(name), plain(value));
  }
  return query;
}

async function readBody(message: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of message) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > BODY_BYTES_MAX) return null;
      chunks.push(bytes);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

function parseScope(headers: Record<string, string>, query: Map<string, string>): CredentialScope | null {
  const signed = /Credential=([^,\s]+)/.exec(headers["authorization"] ?? "")?.[1] ?? query.get("X-Amz-Credential");
  const [accessKeyId, , region, service] = (signed ?? "").split("/");
  if (!accessKeyId || !region || !service) return null;
  return { accessKeyId, region, service };
}
