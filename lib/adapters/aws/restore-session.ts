import type { HalfAddress } from "#lib/domain/half.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import { createRestoreDynamodb, createRestoreS3 } from "./account-clients.ts";
import { putItemHalf, putObjectHalf } from "./half-putter.ts";
import type { AwsLimits } from "./limits.ts";
import { createSessionClients, NOT_OPENED, type OpenedSource } from "./session-clients.ts";

/** Makes the session of one restore; its clients read these halves, and create them where nothing is. */
export function createRestoreSession(options: {
  opened: readonly OpenedSource[];
  halves: readonly HalfAddress[];
  limits: AwsLimits;
  timeoutMs: number;
}): RestoreSession {
  const { opened, halves, limits, timeoutMs } = options;
  const optionsOf = (one: OpenedSource) => {
    const ofSource = halves.filter((half) => half.sourceId === one.source.id);
    return { ...one, limits, timeoutMs, locations: new Set(ofSource.map(({ location }) => location)) };
  };
  const clients = createSessionClients(opened, {
    s3: (one) => createRestoreS3(optionsOf(one)),
    dynamodb: (one) => createRestoreDynamodb(optionsOf(one)),
  });

  return {
    sourceIdentities: clients.sourceIdentities,
    readHalf: (address) => clients.readHalf(address, { bytesMax: limits.bodyBytes, timeoutMs }),
    async putHalf(address, content) {
      const { location } = address;
      const found = clients.find(address);
      if (found === undefined) return { kind: "rejected", message: NOT_OPENED, requestId: null };
      const request = { source: found.source, location, content, timeoutMs };
      if (found.kind === "s3") return putObjectHalf({ client: found.client, ...request });
      return putItemHalf({ client: found.client, ...request });
    },
    close: clients.close,
  };
}
