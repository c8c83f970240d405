import "server-only";
import { ulid } from "ulid";
import { createLockStream, type LockStream } from "./create-lock-stream.ts";
import { getRuntime } from "./runtime.ts";

// Route handlers and instrumentation are bundled apart; only globalThis is common to them.
const globals: typeof globalThis & { lockkeeperLockStream?: LockStream } = globalThis;

/** The one live list of this process. */
export async function getLockStream(): Promise<LockStream> {
  const runtime = await getRuntime();
  globals.lockkeeperLockStream ??= createLockStream(runtime.contextFor(runtime.localActor, ulid()));
  return globals.lockkeeperLockStream;
}

/** How many look at the live list of this process now. */
export function countViewers(): number {
  return globals.lockkeeperLockStream?.countViewers() ?? 0;
}

/** Ends every open stream at once: a process that ends must not wait for what has no end of its own. */
export function closeLockStream(): void {
  globals.lockkeeperLockStream?.close();
}
