import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import type { SessionCredentials } from "./credentials.ts";
import { readItemHalf, readObjectHalf } from "./half-reader.ts";

/** A source with the credentials that were fetched for this session alone. */
export type OpenedSource = SessionCredentials & { readonly source: Source };

type SourceClient =
  | { readonly kind: "s3"; readonly source: Source; readonly client: S3Client }
  | { readonly kind: "dynamodb"; readonly source: Source; readonly client: DynamoDBClient };

/** Makes one client for each source of a session, and finds the one that an address belongs to until they are closed. */
export function createSessionClients(
  opened: readonly OpenedSource[],
  make: { s3: (opened: OpenedSource) => S3Client; dynamodb: (opened: OpenedSource) => DynamoDBClient },
) {
  const open = (one: OpenedSource): SourceClient => {
    const { source } = one;
    if (source.kind === "s3") return { kind: "s3", source, client: make.s3(one) };
    return { kind: "dynamodb", source, client: make.dynamodb(one) };
  };
  const clients = new Map(opened.map((one) => [one.source.id, open(one)]));

  function find(address: HalfAddress): SourceClient | undefined {
    const found = clients.get(address.sourceId);
    return found?.kind === address.mechanism ? found : undefined;
  }

  return {
    find,
    sourceIdentities: Object.fromEntries(
      opened.map(({ source, sourceIdentity }) => [source.account.name, sourceIdentity]),
    ),
    /** Strongly consistent, one attempt. Never throws. */
    async readHalf(address: HalfAddress, limits: { bytesMax: number; timeoutMs: number }): Promise<HalfRead> {
      const found = find(address);
      if (found === undefined) return { kind: "failed", message: NOT_OPENED, hint: CONFIGURE };
      const request = { source: found.source, location: address.location, ...limits };
      if (found.kind === "s3") return readObjectHalf({ client: found.client, ...request });
      return readItemHalf({ client: found.client, ...request });
    },
    close(): void {
      for (const { client } of clients.values()) client.destroy();
      clients.clear();
    },
  };
}

export const NOT_OPENED = "This session was not opened for that source.";
const CONFIGURE = "The source may have been removed from the configuration; scan again.";
