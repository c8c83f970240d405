import { type NextRequest, NextResponse } from "next/server";
import { PATH_HEADER } from "#lib/server/path-header.ts";
import { guardRequest } from "#lib/server/request-guard.ts";

const READING_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses what is not addressed to us and sets the headers of every answer; services and routes do not rely on it. */
export function proxy(request: NextRequest): NextResponse {
  const verdict = guardRequest(request);
  if (verdict.verdict === "refuse") {
    const requestId = crypto.randomUUID();
    const { message, hint } = verdict;
    return NextResponse.json({ error: { code: "refused", message, hint, requestId } }, { status: 403 });
  }
  // Next would answer any method with the page. We have no server actions: what writes is under /api/.
  if (!READING_METHODS.has(request.method) && !request.nextUrl.pathname.startsWith("/api/")) {
    return new NextResponse(null, { status: 405, headers: { allow: [...READING_METHODS].join(", ") } });
  }
  const nonce = btoa(crypto.randomUUID());
  const policy = describePolicy(nonce);
  const headers = new Headers(request.headers);
  // Next reads the nonce for its own scripts from this request header, so only ours may stand there.
  headers.set("content-security-policy", policy);
  headers.set("x-nonce", nonce);
  headers.set(PATH_HEADER, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "no-referrer");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set("cross-origin-resource-policy", "same-origin");
  response.headers.set("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()");
  return response;
}

function describePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    // The virtual table and the primitives position rows by style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}
