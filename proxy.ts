import { type NextRequest, NextResponse } from "next/server";
import { PATH_HEADER } from "#lib/server/path-header.ts";
import { guardProbe, guardRequest } from "#lib/server/request-guard.ts";
import { describePolicy, securityHeaders } from "#lib/server/security-headers.ts";

const READING_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const PROBES = new Set(["/healthz", "/readyz"]);
/** Where Next would look for a nonce, and where our layout does. */
const NONCE_CARRIERS = ["content-security-policy", "content-security-policy-report-only", "x-nonce"];

/** Refuses what is not addressed to us and sets the headers of every answer; services and routes do not rely on it. */
export function proxy(request: NextRequest): NextResponse {
  const isData = request.nextUrl.pathname.startsWith("/api/");
  const nonce = btoa(crypto.randomUUID());
  const policy = describePolicy(isData ? "data" : "page", nonce);
  const response = answer(request, { isData, nonce, policy });
  for (const [name, value] of Object.entries(securityHeaders(policy))) response.headers.set(name, value);
  return response;
}

function answer(request: NextRequest, known: { isData: boolean; nonce: string; policy: string }): NextResponse {
  const verdict = PROBES.has(request.nextUrl.pathname) ? guardProbe(request) : guardRequest(request);
  if (verdict.verdict === "refuse") {
    const requestId = crypto.randomUUID();
    const { message, hint } = verdict;
    return NextResponse.json({ error: { code: "refused", message, hint, requestId } }, { status: 403 });
  }
  // Next would answer any method with the page. We have no server actions: what writes is under /api/.
  if (!READING_METHODS.has(request.method) && !known.isData) {
    return new NextResponse(null, { status: 405, headers: { allow: [...READING_METHODS].join(", ") } });
  }
  const headers = new Headers(request.headers);
  // Next gives its scripts the nonce that it finds in the request, so only ours may stand there.
  for (const name of NONCE_CARRIERS) headers.delete(name);
  headers.set("content-security-policy", known.policy);
  headers.set("x-nonce", known.nonce);
  headers.set(PATH_HEADER, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  return NextResponse.next({ request: { headers } });
}
