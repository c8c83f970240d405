import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { encodeEvent } from "./audit-line.ts";
import type { Database } from "./database.ts";
import type { AuditSigner } from "./signing-key.ts";
import { type Transaction, writeRecord } from "./transaction.ts";

type Waiting = { readonly event: Uint8Array<ArrayBuffer>; readonly done: PromiseWithResolvers<void> };

const TOGETHER_MAX = 100;

/**
 * Appends events that stand alone. Those that come while a commit is on its way share the next one, so that many at once do not
 * wait for the disk one after the other; each caller hears of its own event's commit, or of its failure.
 */
export function createEventAppender(
  database: Database,
  signer: AuditSigner,
  append: (tx: Transaction, signer: AuditSigner, events: readonly Uint8Array<ArrayBuffer>[]) => Promise<void>,
): (entry: AuditEntry) => Promise<void> {
  const waiting: Waiting[] = [];
  let isAppending = false;

  async function appendWaiting(): Promise<void> {
    isAppending = true;
    while (waiting.length > 0) {
      const together = waiting.splice(0, TOGETHER_MAX);
      const events = together.map(({ event }) => event);
      await writeRecord(database, (tx) => append(tx, signer, events)).then(
        () => {
          for (const { done } of together) done.resolve();
        },
        (error: unknown) => {
          for (const { done } of together) done.reject(error);
        },
      );
    }
    isAppending = false;
  }

  return async (entry) => {
    const done = Promise.withResolvers<void>();
    // Here, so that an event that cannot be written is its own caller's failure and nobody else's.
    waiting.push({ event: encodeEvent(entry), done });
    if (!isAppending) void appendWaiting();
    await done.promise;
  };
}
