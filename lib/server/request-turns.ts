import "server-only";
import type { Server, ServerResponse } from "node:http";

/** More make a turn too long for whoever waits, fewer make the whole slower (npm run bench:sign-in). */
const PER_TURN = 4;
/** So that one who opens connections without end holds up nobody for long. */
const HELD_MS_MAX = 50;

export type RequestTurns = {
  /** Begins in a turn to come, in the order of the calls; never for a client that has gone. */
  readonly begin: (response: ServerResponse, handle: () => void) => void;
};

/**
 * Spreads the requests of a server over turns of its event loop. Node accepts one connection a turn (libuv), so where a hundred
 * requests that came together make one long turn, whoever connects after them waits for seconds, a health check too.
 */
export function takeTurns(server: Server): RequestTurns {
  const waiting = new Map<() => void, number>();
  let hasAccepted = false;
  let isDue = false;
  server.on("connection", () => {
    hasAccepted = true;
  });

  function nextTurn(): void {
    let begun = 0;
    for (const [handle, sinceMs] of waiting) {
      // Where one connection was accepted more may wait, and a turn without work accepts the next at once.
      if (begun >= PER_TURN || (hasAccepted && performance.now() - sinceMs < HELD_MS_MAX)) break;
      begun += 1;
      waiting.delete(handle);
      handle();
    }
    hasAccepted = false;
    isDue = waiting.size > 0;
    if (isDue) setImmediate(nextTurn);
  }

  return {
    begin(response, handle) {
      waiting.set(handle, performance.now());
      response.once("close", () => waiting.delete(handle));
      if (isDue) return;
      isDue = true;
      setImmediate(nextTurn);
    },
  };
}
