import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { createUnlockDynamodb, createUnlockS3 } from "./account-clients.ts";
import { deleteItemHalf, deleteObjectHalf } from "./half-deleter.ts";
import type { AwsLimits } from "./limits.ts";
import { createSessionClients, NOT_OPENED, type OpenedSource } from "./session-clients.ts";

/** Makes the session of one unlock over its sources; its clients send nothing but that unlock's commands. */
export function createUnlockSession(options: {
  opened: readonly OpenedSource[];
  limits: AwsLimits;
  timeoutMs: number;
}): UnlockSession {
  const { opened, limits, timeoutMs } = options;
  const clients = createSessionClients(opened, {
    s3: (one) => createUnlockS3({ ...one, limits, timeoutMs }),
    dynamodb: (one) => createUnlockDynamodb({ ...one, limits, timeoutMs }),
  });

  return {
    sourceIdentities: clients.sourceIdentities,
    readHalf: (address) => clients.readHalf(address, { bytesMax: limits.bodyBytes, timeoutMs }),
    async deleteHalf(address, guard) {
      const { location } = address;
      const found = clients.find(address);
      if (found === undefined) return { kind: "rejected", message: NOT_OPENED, requestId: null };
      const request = { source: found.source, location, guard, timeoutMs };
      if (found.kind === "s3") return deleteObjectHalf({ client: found.client, ...request });
      return deleteItemHalf({ client: found.client, ...request });
    },
    close: clients.close,
  };
}
