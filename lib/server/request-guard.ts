import { isLoopbackHost } from "./env.ts";
import { currentGuardRules, type GuardRules } from "./guard-rules.ts";

export type GuardedRequest = { readonly method: string; readonly headers: Pick<Headers, "get"> };

export type GuardVerdict =
  | { readonly verdict: "pass" }
  | { readonly verdict: "refuse"; readonly message: string; readonly hint: string };

const READING_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Decides whether a request may be answered at all: it must be addressed to us (which stops DNS rebinding), come from our own
 * origin if from a page, and a writing one must not have been sent by another site. Where people sign in, a writing request
 * without an `Origin` is refused too, unless a token speaks for it: what a browser sends along by itself is no proof.
 */
export function guardRequest(request: GuardedRequest, rules: GuardRules = currentGuardRules()): GuardVerdict {
  const host = parseHost(request.headers.get("host"));
  if (host === null || !isOurHost(host, rules)) return refuseHost(rules);
  const isReading = READING_METHODS.has(request.method);
  const origin = request.headers.get("origin");
  if (origin !== null && !isOurOrigin(origin, host, rules)) {
    return refuse(
      "The request comes from another origin.",
      "Send it from Lockkeeper's own page, or without an Origin header.",
    );
  }
  if (
    origin === null &&
    !isReading &&
    rules.kind === "public" &&
    !/^bearer /i.test(request.headers.get("authorization") ?? "")
  ) {
    return refuse(
      "The request does not say which page it comes from.",
      "Send an Origin header from Lockkeeper's own page, or a token as Authorization: Bearer.",
    );
  }
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

/**
 * The same for a probe, which tells nothing of locks or people: where others reach us, an orchestrator asks it by an address of
 * its own.
 */
export function guardProbe(request: GuardedRequest, rules: GuardRules = currentGuardRules()): GuardVerdict {
  const isOpen = rules.kind === "public" && READING_METHODS.has(request.method);
  return isOpen ? { verdict: "pass" } : guardRequest(request, rules);
}

type Host = { readonly hostname: string; readonly authority: string };

function isOurHost(host: Host, rules: GuardRules): boolean {
  if (rules.kind === "loopback") return isLoopbackHost(host.hostname);
  const { protocol, host: own } = new URL(rules.origin);
  // The port that belongs to the scheme may be left out or not.
  return URL.parse(`${protocol}//${host.authority}`)?.host === own;
}

function isOurOrigin(origin: string, host: Host, rules: GuardRules): boolean {
  if (rules.kind === "public") return URL.parse(origin)?.origin === rules.origin;
  const url = URL.parse(origin);
  return (url?.protocol === "http:" || url?.protocol === "https:") && url.host === host.authority;
}

function refuseHost(rules: GuardRules): GuardVerdict {
  return rules.kind === "loopback"
    ? refuse(
        "This address is not a loopback one.",
        "Open Lockkeeper as http://127.0.0.1 or http://localhost with its port.",
      )
    : refuse("This is not the address of this installation.", "Open Lockkeeper at its PUBLIC_URL.");
}

function refuse(message: string, hint: string): GuardVerdict {
  return { verdict: "refuse", message, hint };
}

function parseHost(host: string | null): Host | null {
  if (host === null || !/^[A-Za-z0-9.:[\]-]+$/.test(host)) return null;
  const url = URL.parse(`http://${host}`);
  return url === null ? null : { hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), authority: url.host };
}
