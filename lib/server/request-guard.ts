import { isLoopbackHost } from "./env.ts";

export type GuardedRequest = { readonly method: string; readonly headers: Pick<Headers, "get"> };

export type GuardVerdict =
  | { readonly verdict: "pass" }
  | { readonly verdict: "refuse"; readonly message: string; readonly hint: string };

const READING_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Decides whether a request may be answered in local mode: it must be addressed to a loopback host (which stops DNS
 * rebinding), come from our own origin if from a page at all, and a writing one must not have been sent by another site.
 */
export function guardRequest(request: GuardedRequest): GuardVerdict {
  const host = parseHost(request.headers.get("host"));
  if (host === null || !isLoopbackHost(host.hostname)) {
    return refuse(
      "This address is not a loopback one.",
      "Open Lockkeeper as http://127.0.0.1 or http://localhost with its port.",
    );
  }
  const origin = request.headers.get("origin");
  if (origin !== null && parseOrigin(origin) !== host.authority) {
    return refuse(
      "The request comes from another origin.",
      "Send it from Lockkeeper's own page, or without an Origin header.",
    );
  }
  const isReading = READING_METHODS.has(request.method);
  const site = request.headers.get("sec-fetch-site");
  const isNavigation = isReading && request.headers.get("sec-fetch-mode") === "navigate";
  if (site !== null && site !== "same-origin" && site !== "none" && !isNavigation) {
    return refuse("The request was sent by another site.", "Send it from Lockkeeper's own page or from a terminal.");
  }
  // A form can send other types across origins without asking; JSON cannot.
  if (!isReading && !/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    return refuse("The request has no JSON body.", "Send the header Content-Type: application/json.");
  }
  return { verdict: "pass" };
}

function refuse(message: string, hint: string): GuardVerdict {
  return { verdict: "refuse", message, hint };
}

function parseHost(host: string | null): { hostname: string; authority: string } | null {
  if (host === null || !/^[A-Za-z0-9.:[\]-]+$/.test(host)) return null;
  const url = URL.parse(`http://${host}`);
  return url === null ? null : { hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), authority: url.host };
}

function parseOrigin(origin: string): string | null {
  const url = URL.parse(origin);
  return url?.protocol === "http:" || url?.protocol === "https:" ? url.host : null;
}
