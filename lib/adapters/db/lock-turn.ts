import type { Transaction } from "./transaction.ts";

/**
 * Lets one transaction at a time go on with a lock's key until it commits. Whoever has written its own row before, and looks
 * for the others' rows after this, cannot miss one: an unlock and a restore would otherwise both begin.
 */
export async function takeTurn(tx: Transaction, lockKeyHash: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${lockKeyHash}, 0))`;
}
