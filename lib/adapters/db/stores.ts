import type { Context } from "#lib/services/ports/context.ts";
import { createApprovalStore } from "./approval-store.ts";
import { openAuditTrail } from "./audit-trail.ts";
import { createBreakGlassStore } from "./break-glass-store.ts";
import { createCheckpointStore } from "./checkpoint-store.ts";
import type { Database } from "./database.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { createLeadership } from "./leadership.ts";
import { createPersonStore } from "./person-store.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { createRestoreStore } from "./restore-store.ts";
import { createSightingStore } from "./sighting-store.ts";
import type { AuditSigner } from "./signing-key.ts";
import { createTokenStore } from "./token-store.ts";
import { createUnlockStore } from "./unlock-store.ts";

/** What the services ask of a store. */
export type Stores = Pick<
  Context,
  | "sightings"
  | "unlocks"
  | "restores"
  | "approvals"
  | "breakGlass"
  | "audit"
  | "checkpoints"
  | "deliveries"
  | "rates"
  | "tokens"
  | "people"
  | "leadership"
  | "changes"
  | "storeAnswerMsMax"
>;

/** Everything the services keep, in one database. */
export async function openStores(database: Database, signer: AuditSigner): Promise<Stores> {
  return {
    sightings: createSightingStore(database),
    unlocks: createUnlockStore(database, signer),
    restores: createRestoreStore(database, signer),
    approvals: createApprovalStore(database, signer),
    breakGlass: createBreakGlassStore(database, signer),
    audit: await openAuditTrail(database, signer),
    checkpoints: createCheckpointStore(database),
    deliveries: createDeliveryStore(database),
    rates: createRateLimiter(database),
    tokens: createTokenStore(database, signer),
    people: createPersonStore(database, signer),
    leadership: createLeadership(database),
    changes: { subscribe: database.changes.subscribe },
    storeAnswerMsMax: database.answerMsMax,
  };
}
