import type { Log } from "#lib/services/ports/context.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import type { AuditKeys, AuditSigner } from "./signing-key.ts";
import { type Transaction, writeRecord } from "./transaction.ts";

/**
 * Puts a change of the signing key on the trail, before the new key signs anything else. Once for each key: of replicas that
 * have keys of their own, none is announced again when it starts after another.
 */
export async function announceSigningKey(database: Database, keys: AuditKeys, log: Log): Promise<void> {
  const details = await writeRecord(database, (tx) => announce(tx, keys));
  if (details === null) return;
  const { previousKeyId, newKeyId, previousSignature } = details;
  if (previousSignature !== null) return log.info({ previousKeyId, newKeyId }, "the audit trail has a new signing key");
  log.warn(
    { previousKeyId, newKeyId },
    "the audit trail has a new signing key that the one before it did not sign for: its verification stops here until the " +
      "auditor has the new public key in a way they trust. LOCKKEEPER_AUDIT_PREVIOUS_KEY_FILE names the old key at a rotation",
  );
}

type Rotation = {
  readonly previousKeyId: string;
  readonly previousVkey: string;
  readonly newKeyId: string;
  readonly newVkey: string;
  readonly previousSignature: string | null;
};

async function announce(tx: Transaction, { signer, previous }: AuditKeys): Promise<Rotation | null> {
  // Held until the event is in: a replica that starts with the same key must see it.
  await tx.$queryRaw`SELECT seq FROM lockkeeper_audit_head()`;
  const newest = await tx.auditEvent.findFirst({ orderBy: { seq: "desc" }, select: { key: true } });
  if (newest === null || (await hasSigned(tx, signer))) return null;
  const vouching = await findVouching(tx, previous, newest.key);
  const { keyId: previousKeyId, vkey: previousVkey } = vouching ?? newest.key;
  const message = new TextEncoder().encode(`lockkeeper key rotation\n${previousVkey}\n${signer.vkey}\n`);
  const details: Rotation = {
    previousKeyId,
    previousVkey,
    newKeyId: signer.keyId,
    newVkey: signer.vkey,
    previousSignature: vouching === null ? null : Buffer.from(vouching.sign(message)).toString("base64"),
  };
  const actor = { kind: "system", name: "auditor" } as const;
  const action = "audit.key_rotated";
  await appendEvent(tx, signer, { action, actor, atMs: Date.now(), requestId: null, unlockId: null, details });
  return details;
}

/** The key at hand that signed the newest event, else one that signed an earlier one. */
async function findVouching(
  tx: Transaction,
  previous: readonly AuditSigner[],
  newest: { vkey: string },
): Promise<AuditSigner | null> {
  const last = previous.find(({ vkey }) => vkey === newest.vkey);
  if (last !== undefined) return last;
  for (const candidate of previous) if (await hasSigned(tx, candidate)) return candidate;
  return null;
}

async function hasSigned(tx: Transaction, { keyId, vkey }: AuditSigner): Promise<boolean> {
  const signed = await tx.auditEvent.findFirst({ where: { keyId, key: { vkey } }, select: { seq: true } });
  return signed !== null;
}
