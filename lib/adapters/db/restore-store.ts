import type { RestoreStore } from "#lib/services/ports.ts";
import type { Database } from "./database.ts";
import type { AuditSigner } from "./signing-key.ts";

/** Records of restores in the database; every change is committed together with its audit event. */
export function createRestoreStore(_database: Database, _signer: AuditSigner): RestoreStore {
  const later = () => Promise.reject(new Error("Restores are not stored yet."));
  return {
    find: later,
    findByIdempotencyKey: later,
    listOfUnlock: async () => [],
    begin: later,
    recordEnded: later,
    settle: later,
    listUnsettled: async () => [],
  };
}
