import "server-only";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { ulid } from "ulid";
import { type ConnectionLimits, limitConnections, PROBES } from "./connection-limits.ts";
import { type DoorVerdict, decideAtDoor } from "./door-rules.ts";
import { takeTurns } from "./request-turns.ts";
import { describePolicy, securityHeaders } from "./security-headers.ts";

const HEADERS_MS_MAX = 15_000;
const REQUEST_MS_MAX = 30_000;
const REQUESTS_PER_CONNECTION_MAX = 100_000;
/** For a sender that still sends to read why it was refused. */
const LINGER_MS = 2_000;

type Refusal = Extract<DoorVerdict, { verdict: "refuse" }>;

/**
 * Stands before Next's handler in every HTTP server of this process, from its first request on: refuses what Next must not see, and
 * bounds how long and how many clients may keep us waiting. Gives the function that ends it for servers to come.
 */
export function openFrontDoor(limits?: Partial<ConnectionLimits>): () => void {
  const guarded = new WeakSet<Server>();
  // Next keeps its server to itself. Node tells of it with each request, and before anybody answers.
  const onRequest = (message: unknown) => {
    if (!isRequestStart(message) || guarded.has(message.server)) return;
    guarded.add(message.server);
    guardServer(message.server, limits);
  };
  subscribe("http.server.request.start", onRequest);
  return () => void unsubscribe("http.server.request.start", onRequest);
}

function guardServer(server: Server, limits: Partial<ConnectionLimits> | undefined): void {
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX;
  const connections = limitConnections(server, limits);
  const turns = takeTurns(server);
  const listeners = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const verdict = decideAtDoor({
      method: request.method ?? "",
      target: request.url ?? "",
      contentLength: request.headers["content-length"],
      routerState: request.headers["next-router-state-tree"]?.toString(),
    });
    if (verdict.verdict === "refuse") return answerRefusal(request, response, verdict);
    if (!connections.admit(request, response)) return answerRefusal(request, response, TOO_BUSY);
    const handle = () => {
      for (const listener of listeners) listener.call(server, request, response);
    };
    if (PROBES.has(request.url ?? "")) handle();
    else turns.begin(response, handle);
  });
}

const TOO_BUSY: Refusal = {
  verdict: "refuse",
  status: 503,
  code: "unavailable",
  message: "Too many requests are being answered.",
  hint: "Send it again in a moment.",
};

function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, code, message, hint, allow } = refusal;
  const requestId = ulid();
  const isApi = request.url?.startsWith("/api/") === true;
  response.writeHead(status, {
    ...securityHeaders(describePolicy("data", "")),
    "cache-control": "private, no-store",
    "content-type": isApi ? "application/json" : "text/plain; charset=utf-8",
    "x-request-id": requestId,
    ...(allow !== undefined && { allow }),
    ...(status === 503 && { "retry-after": "1" }),
  });
  response.end(isApi ? JSON.stringify({ error: { code, message, hint, requestId } }) : `${message} ${hint}\n`);
  // What is left of the body is read and thrown away, but not for long.
  if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
}

/** As Node documents it. */
function isRequestStart(message: unknown): message is { server: Server } {
  return typeof message === "object" && message !== null && "server" in message;
}
