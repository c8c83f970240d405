import "server-only";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { findClientAddress } from "#lib/domain/access/client-address.ts";
import type { Visitor } from "#lib/services/ports/people.ts";

/** Ours alone: whatever a client sends under this name is overwritten. */
const PEER_HEADER = "x-lockkeeper-peer";

/** Next tells its handlers no address, and takes one that a client claims. So Node's own is written into each request. */
export function notePeerAddresses(): void {
  subscribe("http.server.request.start", (message) => {
    if (!isRequestStart(message)) return;
    const { request } = message;
    request.headers[PEER_HEADER] = request.socket.remoteAddress ?? "unknown";
  });
}

/** Who asks, as far as that can be known: the address is the peer's, or past our own proxies what they say. */
export function readVisitor(headers: Pick<Headers, "get">, trustedProxies: number): Visitor {
  const peer = headers.get(PEER_HEADER) ?? "unknown";
  return {
    address: findClientAddress(peer, headers.get("x-forwarded-for"), trustedProxies).slice(0, 100),
    userAgent: headers.get("user-agent"),
    cookie: headers.get("cookie"),
  };
}

/** As Node documents it. */
function isRequestStart(message: unknown): message is { request: IncomingMessage } {
  return typeof message === "object" && message !== null && "request" in message;
}
