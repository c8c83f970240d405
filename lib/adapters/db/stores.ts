import type { AuditTrail, SightingStore, UnlockStore } from "#lib/services/ports.ts";
import { openAuditTrail } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import { createSightingStore } from "./sighting-store.ts";
import type { AuditSigner } from "./signing-key.ts";
import { createUnlockStore } from "./unlock-store.ts";

export type Stores = {
  readonly sightings: SightingStore;
  readonly unlocks: UnlockStore;
  readonly audit: AuditTrail;
};

/** Everything the services keep, in one database. */
export async function openStores(database: Database, signer: AuditSigner): Promise<Stores> {
  return {
    sightings: createSightingStore(database),
    unlocks: createUnlockStore(database, signer),
    audit: await openAuditTrail(database, signer),
  };
}
