import type { ApprovalStore, BreakGlassStore } from "#lib/services/ports/approving.ts";
import type { Leadership } from "#lib/services/ports/context.ts";
import type { PersonStore, RateLimiter, TokenStore } from "#lib/services/ports/people.ts";
import type { RestoreStore } from "#lib/services/ports/restoring.ts";
import type { ChangeFeed, SightingStore } from "#lib/services/ports/scanning.ts";
import type { AuditTrail, CheckpointStore, DeliveryStore } from "#lib/services/ports/trail.ts";
import type { UnlockStore } from "#lib/services/ports/unlocking.ts";
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

export type Stores = {
  readonly sightings: SightingStore;
  readonly unlocks: UnlockStore;
  readonly restores: RestoreStore;
  readonly approvals: ApprovalStore;
  readonly breakGlass: BreakGlassStore;
  readonly audit: AuditTrail;
  readonly checkpoints: CheckpointStore;
  readonly deliveries: DeliveryStore;
  readonly rates: RateLimiter;
  readonly tokens: TokenStore;
  readonly people: PersonStore;
  readonly leadership: Leadership;
  readonly changes: ChangeFeed;
  readonly storeAnswerMsMax: number | null;
};

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
