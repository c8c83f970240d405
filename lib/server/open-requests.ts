import "server-only";
import { subscribe } from "node:diagnostics_channel";
import type { Server, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

export type OpenRequests = {
  /** Listens no more, lets what is being answered end for at most `limitMs`, and cuts the rest. */
  readonly close: (limitMs: number) => Promise<void>;
};

/** Watches the HTTP servers of this process. Next keeps its own to itself, and Node tells of each request it is asked. */
export function watchRequests(): OpenRequests {
  const servers = new Set<Server>();
  const open = new Set<ServerResponse>();
  let onEmpty: () => void = () => undefined;
  subscribe("http.server.request.start", (message) => {
    if (!isRequestStart(message)) return;
    const { server, response } = message;
    servers.add(server);
    open.add(response);
    response.once("close", () => {
      open.delete(response);
      if (open.size === 0) onEmpty();
    });
  });
  return {
    async close(limitMs) {
      for (const server of servers) server.close();
      const isOver = new AbortController();
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      const limit = pause(limitMs, undefined, { signal: isOver.signal }).catch(() => undefined);
      if (open.size > 0) await Promise.race([empty, limit]);
      isOver.abort();
      for (const server of servers) server.closeAllConnections();
    },
  };
}

/** As Node documents it. */
function isRequestStart(message: unknown): message is { server: Server; response: ServerResponse } {
  return typeof message === "object" && message !== null && "server" in message && "response" in message;
}
