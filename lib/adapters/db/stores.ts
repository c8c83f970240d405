import type {
  AuditTrail,
  ChangeFeed,
  CheckpointStore,
  DeliveryStore,
  Leadership,
  PersonStore,
  RestoreStore,
  SightingStore,
  UnlockStore,
} from "#lib/services/ports.ts";
import { openAuditTrail } from "./audit-trail.ts";
import { createCheckpointStore } from "./checkpoint-store.ts";
import type { Database } from "./database.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { createLeadership } from "./leadership.ts";
import { createPersonStore } from "./person-store.ts";
import { createRestoreStore } from "./restore-store.ts";
import { createSightingStore } from "./sighting-store.ts";
import type { AuditSigner } from "./signing-key.ts";
import { createUnlockStore } from "./unlock-store.ts";

export type Stores = {
  readonly sightings: SightingStore;
  readonly unlocks: UnlockStore;
  readonly restores: RestoreStore;
  readonly audit: AuditTrail;
  readonly checkpoints: CheckpointStore;
  readonly deliveries: DeliveryStore;
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
    audit: await openAuditTrail(database, signer),
    checkpoints: createCheckpointStore(database),
    deliveries: createDeliveryStore(database),
    people: createPersonStore(database, signer),
    leadership: createLeadership(database),
    changes: { subscribe: database.changes.subscribe },
    storeAnswerMsMax: database.answerMsMax,
  };
}
