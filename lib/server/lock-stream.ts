import "server-only";
import { viewKey } from "#lib/domain/access/access.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createLockStream, type LockStream } from "./create-lock-stream.ts";

const STREAMS_MAX = 200;

// Route handlers and instrumentation are bundled apart; only globalThis is common to them.
const globals: typeof globalThis & { lockkeeperLockStreams?: Map<string, LockStream> } = globalThis;
globals.lockkeeperLockStreams ??= new Map();
const streams = globals.lockkeeperLockStreams;

/** The live list of this process for whoever sees what this actor sees: people with the same access share one. */
export function getLockStream(ctx: Context): LockStream {
  const key = viewKey(ctx.access);
  const known = streams.get(key);
  const stream = known ?? createLockStream(ctx);
  // The order is that of use, so that what is dropped is what nobody asks for.
  streams.delete(key);
  streams.set(key, stream);
  if (known === undefined) dropUnused();
  return stream;
}

function dropUnused(): void {
  for (const [key, stream] of streams) {
    if (streams.size <= STREAMS_MAX) return;
    if (stream.countViewers() > 0) continue;
    streams.delete(key);
    stream.close();
  }
}

/** How many look at the live lists of this process now. */
export function countViewers(): number {
  return [...streams.values()].reduce((sum, stream) => sum + stream.countViewers(), 0);
}

/** Ends every open stream at once: a process that ends must not wait for what has no end of its own. */
export function closeLockStream(): void {
  for (const stream of streams.values()) stream.close();
}
