import { isDevelopment, readEnv } from "./env.ts";

export type AnswerKind = "page" | "data";

const SAME_FOR_ALL: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
};
/** Two years, and only where the browser came over https: a name that is only reached by http must stay reachable. */
const HSTS = "max-age=63072000; includeSubDomains";

/** Data is never a document: were it opened as one all the same, nothing in it could run, load or be framed. */
const DATA_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

let isHttps: boolean | null = null;

/** The headers of every answer of this installation. */
export function securityHeaders(policy: string): Readonly<Record<string, string>> {
  isHttps ??= readEnv().publicUrl?.startsWith("https:") ?? false;
  return listHeaders({ policy, isHttps });
}

/** The same for an installation that is told. */
export function listHeaders(options: { policy: string; isHttps: boolean }): Readonly<Record<string, string>> {
  return {
    ...SAME_FOR_ALL,
    "content-security-policy": options.policy,
    ...(options.isHttps && { "strict-transport-security": HSTS }),
  };
}

/** The content security policy of one answer. Styles have no nonce: none of ours stands in the markup. */
export function describePolicy(kind: AnswerKind, nonce: string, isStrict = !isDevelopment()): string {
  if (kind === "data") return DATA_POLICY;
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    isStrict ? "style-src 'self'" : "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    // The one policy is in the layout; a second one, by whomever, is refused.
    ...(isStrict ? ["require-trusted-types-for 'script'", "trusted-types default"] : []),
  ].join("; ");
}
