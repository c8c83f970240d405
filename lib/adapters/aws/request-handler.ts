import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsLimits } from "./limits.ts";

/** For what is read beside scans. */
const SPARE_SOCKETS = 32;

/**
 * Time limits for each attempt. `isReused: false` opens a connection for every request: a kept one may have been closed by
 * the other side, and a delete that fails on it would have to be called unknown.
 */
export function createRequestHandler(options: {
  limits: AwsLimits;
  timeoutMs?: number;
  isReused: boolean;
}): NodeHttpHandler {
  const { limits, timeoutMs = Number.POSITIVE_INFINITY, isReused } = options;
  // Never fewer than one account's calls may need, or they would wait here without anybody knowing.
  const maxSockets = limits.pagesPerAccount + limits.callsPerAccount + SPARE_SOCKETS;
  const agent = { keepAlive: isReused, maxSockets };
  return new NodeHttpHandler({
    connectionTimeout: Math.min(limits.connectMs, timeoutMs),
    requestTimeout: Math.min(limits.requestMs, timeoutMs),
    socketTimeout: Math.min(limits.socketIdleMs, timeoutMs),
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: agent,
  });
}
