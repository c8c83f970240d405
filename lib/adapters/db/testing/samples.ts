import { createHash, randomUUID } from "node:crypto";
import type { Actor } from "#lib/domain/actor.ts";
import type { Approval } from "#lib/domain/approval.ts";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import type { StoredToken } from "#lib/services/ports/people.ts";
import type { SweepRecord, SweepResult } from "#lib/services/ports/scanning.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";

/** A character PostgreSQL's text refuses, one its JSON refuses, one that ends lines, one that turns text around, a quote. */
export const HOSTILE = "nul\u0000 lone\ud800 line\u2028 bidi\u202e quote\"'\\ \u{10000}";

export const alice = { kind: "person", name: "alice", authenticatedBy: "local" } as const satisfies Actor;
export const reconciler: Actor = { kind: "system", name: "reconciler" };

export function sampleSource(kind: "s3" | "dynamodb", name: string = randomUUID()): Source {
  const endpoints = { s3: null, dynamodb: null, sts: null };
  const roles = { scanRoleArn: null, unlockRoleArn: null, restoreRoleArn: null, externalId: null };
  const account = { name: "payments", id: "111122223333", region: "eu-west-1", ...roles, endpoints };
  return { id: `${kind}:payments:${name}`, account, kind, name, region: "eu-west-1", prefix: "" };
}

export function sampleHalf(source: Source, stateKey: string, over: Partial<ObservedHalf> = {}): ObservedHalf {
  const bytes = new TextEncoder().encode(JSON.stringify({ ID: `id of ${stateKey}`, Who: "alice@laptop" }));
  const isS3 = source.kind === "s3";
  return {
    sourceId: source.id,
    mechanism: source.kind,
    location: isS3 ? `${stateKey}.tflock` : `bucket/${stateKey}`,
    bucket: "bucket",
    stateKey,
    body: { kind: "bytes", bytes, sizeBytes: bytes.length, isTruncated: false },
    fingerprint: createHash("sha256").update(bytes).digest("hex"),
    etag: isS3 ? `"${stateKey}"` : null,
    versionId: null,
    lastModifiedMs: isS3 ? 500 : null,
    state: null,
    ...over,
  };
}

export function sampleSweep(
  source: Source,
  startedAtMs: number,
  halves: readonly ObservedHalf[],
  over: Partial<SweepResult> = {},
): SweepRecord {
  const counts = { requests: 1, objectsSeen: halves.length, digestsSeen: 0, foreignSeen: 0 };
  const result: SweepResult = { outcome: "ok", halves, ...counts, error: null, ...over };
  return { source, startedAtMs, finishedAtMs: startedAtMs + 10, result };
}

export function sampleUnlock(over: Partial<Unlock> = {}): Unlock {
  return {
    id: randomUUID(),
    actor: alice,
    idempotencyKey: randomUUID(),
    lockKey: randomUUID(),
    lockId: "lock",
    fingerprint: "f",
    account: "payments",
    accountId: "111122223333",
    bucket: "bucket",
    stateKey: "state",
    who: "bob@runner",
    operation: "OperationTypeApply",
    reason: "the runner was terminated",
    requestedAtMs: 1_000,
    intentAtMs: 1_001,
    deadlineAtMs: 2_000,
    outcome: "unknown",
    outcomeAtMs: null,
    halves: [sampleUnlockHalf()],
    holderNow: null,
    ...over,
  };
}

export function sampleUnlockHalf(over: Partial<UnlockHalf> = {}): UnlockHalf {
  return {
    sourceId: "s3:payments:bucket",
    mechanism: "s3",
    location: "state.tflock",
    bucket: "bucket",
    stateKey: "state",
    accountName: "payments",
    lockId: "lock",
    fingerprint: "f",
    etag: '"e"',
    versionId: null,
    raw: Uint8Array.of(0, 255, 1),
    recreate: null,
    awsDateMs: null,
    outcome: "unknown",
    detail: "no answer yet",
    awsRequestIds: [],
    ...over,
  };
}

export function sampleEntry(over: Partial<AuditEntry> = {}): AuditEntry {
  return { action: "unlock.intent", actor: alice, atMs: 1_000, requestId: "r", unlockId: null, details: {}, ...over };
}

export function sampleToken(over: Partial<StoredToken> = {}): StoredToken {
  const scope = { accounts: ["prod"], buckets: [HOSTILE], statePaths: ["**"] };
  return {
    id: randomUUID(),
    secretHash: "a".repeat(64),
    name: HOSTILE,
    owner: { issuer: "https://idp.example", subject: HOSTILE },
    ownerName: HOSTILE,
    limit: { roles: ["viewer", "unlocker"], scope },
    madeAtMs: 1_000,
    expiresAtMs: 2_000,
    lastUsedAtMs: null,
    revokedAtMs: null,
    ...over,
  };
}

export const bob = {
  kind: "person",
  name: "bob",
  authenticatedBy: "oidc",
  issuer: "https://acme.okta.com",
  subject: "00u2",
} as const satisfies Actor;

export function sampleApproval(over: Partial<Approval> = {}): Approval {
  return {
    id: randomUUID(),
    requester: alice,
    idempotencyKey: randomUUID(),
    lockKey: randomUUID(),
    lockId: "lock",
    fingerprint: "f",
    account: "payments",
    accountId: "111122223333",
    bucket: "bucket",
    stateKey: "state",
    accounts: ["payments"],
    who: "bob@runner",
    operation: "OperationTypeApply",
    reason: "the runner was terminated",
    because: "A second person must approve it.",
    shown: { summary: "Held.", acquiredAt: null, createdAt: null, evidence: [] },
    requestedAtMs: 1_000,
    expiresAtMs: 10_000,
    state: "pending",
    approver: null,
    approvedAtMs: null,
    comment: null,
    endedBy: null,
    endedAtMs: null,
    endNote: null,
    unlockId: null,
    ...over,
  };
}
