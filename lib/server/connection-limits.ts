import "server-only";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export type ConnectionLimits = {
  /** Connections that have sent no whole request: idle, slow, or holding back on purpose. */
  readonly waitingMax: number;
  /** Requests that are being answered, streams of events among them. */
  readonly answeringMax: number;
};

export type Connections = {
  /** Whether a request may be answered; what asks how we are always may. */
  readonly admit: (request: IncomingMessage, response: ServerResponse) => boolean;
};

const LIMITS: ConnectionLimits = { waitingMax: 1_000, answeringMax: 1_000 };
export const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * Bounds the connections of a server without ever turning a new one away, so that slow clients cannot keep a health check out: over
 * the limit, the one that has been waited for longest is closed.
 */
export function limitConnections(server: Server, limits?: Partial<ConnectionLimits>): Connections {
  const { waitingMax, answeringMax } = { ...LIMITS, ...limits };
  // In the order in which the waiting began.
  const waiting = new Set<Socket>();
  const watched = new WeakSet<Socket>();
  let answering = 0;
  const waitFor = (socket: Socket) => {
    if (socket.destroyed) return;
    if (!watched.has(socket)) socket.once("close", () => waiting.delete(socket));
    watched.add(socket);
    waiting.add(socket);
    const [oldest] = waiting;
    if (oldest === undefined || waiting.size <= waitingMax) return;
    waiting.delete(oldest);
    oldest.destroy();
  };
  server.on("connection", waitFor);
  return {
    admit(request, response) {
      if (answering >= answeringMax && !PROBES.has(request.url ?? "")) return false;
      const { socket } = request;
      const begin = () => {
        if (response.closed) return;
        waiting.delete(socket);
        answering += 1;
        response.once("close", () => {
          answering -= 1;
          waitFor(socket);
        });
      };
      // Until its body is there, a request is one more client that keeps us waiting.
      if (hasBody(request)) request.once("end", begin);
      else begin();
      return true;
    },
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
