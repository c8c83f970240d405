import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { AwsCredentialIdentity } from "@smithy/types";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { UnlockSession } from "#lib/services/ports.ts";
import { createUnlockDynamodb, createUnlockS3 } from "./account-clients.ts";
import { deleteItemHalf, deleteObjectHalf } from "./half-deleter.ts";
import { readItemHalf, readObjectHalf } from "./half-reader.ts";
import type { AwsLimits } from "./limits.ts";

/** A source with the credentials that were fetched for this unlock alone. */
export type OpenedSource = { readonly source: Source; readonly credentials: AwsCredentialIdentity };

type SourceClients =
  | { readonly kind: "s3"; readonly source: Source; readonly client: S3Client }
  | { readonly kind: "dynamodb"; readonly source: Source; readonly client: DynamoDBClient };

/** Makes the session of one unlock over its sources; its clients send nothing but that unlock's commands. */
export function createUnlockSession(options: {
  opened: readonly OpenedSource[];
  limits: AwsLimits;
  timeoutMs: number;
}): UnlockSession {
  const { opened, limits, timeoutMs } = options;
  const clients = new Map(
    opened.map(({ source, credentials }) => [
      source.id,
      createClients(source, { source, credentials, limits, timeoutMs }),
    ]),
  );
  const find = (address: HalfAddress) => {
    const found = clients.get(address.sourceId);
    return found?.kind === address.mechanism ? found : undefined;
  };

  return {
    async readHalf(address) {
      const { location } = address;
      const found = find(address);
      if (found === undefined) return { kind: "failed", message: NOT_OPENED, hint: CONFIGURE };
      const request = { source: found.source, location, bytesMax: limits.bodyBytes, timeoutMs };
      if (found.kind === "s3") return readObjectHalf({ client: found.client, ...request });
      return readItemHalf({ client: found.client, ...request });
    },
    async deleteHalf(address, guard) {
      const { location } = address;
      const found = find(address);
      if (found === undefined) return { kind: "rejected", message: NOT_OPENED, requestId: null };
      const request = { source: found.source, location, guard, timeoutMs };
      if (found.kind === "s3") return deleteObjectHalf({ client: found.client, ...request });
      return deleteItemHalf({ client: found.client, ...request });
    },
    close() {
      for (const { client } of clients.values()) client.destroy();
      clients.clear();
    },
  };
}

const NOT_OPENED = "This unlock was not opened for that source.";
const CONFIGURE = "The source may have been removed from the configuration; scan again.";

function createClients(source: Source, options: Parameters<typeof createUnlockS3>[0]): SourceClients {
  if (source.kind === "s3") return { kind: "s3", source, client: createUnlockS3(options) };
  return { kind: "dynamodb", source, client: createUnlockDynamodb(options) };
}
