import "server-only";
import { setTimeout as pause } from "node:timers/promises";

// Route handlers and instrumentation are bundled apart; only globalThis is common to them.
const globals: typeof globalThis & { lockkeeperDeliveryWake?: EventTarget } = globalThis;
const HURRY = "hurry";

function wake(): EventTarget {
  globals.lockkeeperDeliveryWake ??= new EventTarget();
  return globals.lockkeeperDeliveryWake;
}

/** Has whoever delivers the trail in this process look at it now and not at the next turn. */
export function hurryDeliveries(): void {
  wake().dispatchEvent(new Event(HURRY));
}

/** Waits until it is time, somebody hurries it, or the work has ended. */
export async function waitForHurry(limitMs: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return;
  const hurried = new AbortController();
  const hurry = () => hurried.abort();
  wake().addEventListener(HURRY, hurry, { once: true });
  const signal = AbortSignal.any([ended, hurried.signal]);
  await pause(limitMs, undefined, { signal, ref: false }).catch(() => undefined);
  wake().removeEventListener(HURRY, hurry);
}
