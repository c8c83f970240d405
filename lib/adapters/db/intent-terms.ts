import { type Actor, actorKey } from "#lib/domain/actor.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import type { IntentTerms } from "#lib/services/ports/unlocking.ts";
import { hashPerson, toBinding } from "./approval-row.ts";
import { appendEvent } from "./audit-trail.ts";
import { takeTurn } from "./lock-turn.ts";
import type { AuditSigner } from "./signing-key.ts";
import type { Transaction } from "./transaction.ts";
import { toActor } from "./unlock-row.ts";

/** Thrown to take back an intent whose terms no longer hold. */
export class TermsFailed extends Error {
  readonly because: "approval" | "rate";

  constructor(because: "approval" | "rate") {
    super(because);
    this.because = because;
  }
}

/** Holds the terms of an intent that this transaction has written against what is stored now, and writes what goes with it. */
export async function keepTerms(
  tx: Transaction,
  signer: AuditSigner,
  unlock: Unlock,
  { approvalId, rates = [], breakGlass }: IntentTerms,
): Promise<void> {
  if (rates.length > 0) await keepRates(tx, unlock, rates);
  if (approvalId !== undefined) await spendApproval(tx, unlock, approvalId);
  if (breakGlass === undefined) return;
  const skippedJson = JSON.stringify(breakGlass.skipped);
  const usedAtMs = BigInt(unlock.intentAtMs ?? unlock.requestedAtMs);
  await tx.breakGlass.createMany({ data: [{ unlockId: unlock.id, skippedJson, usedAtMs }] });
  await appendEvent(tx, signer, breakGlass.entry);
}

/** Whoever unlocks several locks at once must not pass by being counted at once. */
async function keepRates(tx: Transaction, unlock: Unlock, rates: NonNullable<IntentTerms["rates"]>): Promise<void> {
  await takeTurn(tx, hashPerson(unlock.actor));
  const nowMs = unlock.intentAtMs ?? unlock.requestedAtMs;
  const sinceMs = nowMs - Math.max(...rates.map(({ perMs }) => perMs));
  const times = await listIntentTimes(tx, unlock.actor, { sinceMs, exceptId: unlock.id });
  const isOver = rates.some((rate) => times.filter((atMs) => atMs > nowMs - rate.perMs).length >= rate.unlocks);
  if (isOver) throw new TermsFailed("rate");
}

/** Uses an approval up: only of this person, for exactly this lock and reason, and only while it stands. */
async function spendApproval(tx: Transaction, unlock: Unlock, id: string): Promise<void> {
  const atMs = BigInt(unlock.intentAtMs ?? unlock.requestedAtMs);
  const requesterHash = hashPerson(unlock.actor);
  const { count } = await tx.approval.updateMany({
    where: { id, state: "approved", expiresAtMs: { gt: atMs }, requesterHash, ...toBinding(unlock) },
    data: { state: "used", endedByJson: JSON.stringify(unlock.actor), endedAtMs: atMs, unlockId: unlock.id },
  });
  if (count !== 1) throw new TermsFailed("approval");
}

/** The person is stored as they were called, so who is the same one is told here; few unlock anything within a day. */
export async function listIntentTimes(
  tx: Pick<Transaction, "unlock">,
  actor: Actor,
  { sinceMs, exceptId = null }: { sinceMs: number; exceptId?: string | null },
): Promise<number[]> {
  const rows = await tx.unlock.findMany({
    where: { intentAtMs: { gt: BigInt(sinceMs) }, ...(exceptId !== null && { id: { not: exceptId } }) },
    orderBy: { intentAtMs: "asc" },
    select: { actorJson: true, intentAtMs: true },
  });
  const key = actorKey(actor);
  return rows.filter(({ actorJson }) => actorKey(toActor(actorJson)) === key).map((row) => Number(row.intentAtMs));
}
