import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { Source } from "#lib/domain/source.ts";
import type { AwsClock } from "./aws-clock.ts";
import { guardCommands, guardLocations, RESTORE_RULES, SCAN_RULES, UNLOCK_RULES } from "./command-guards.ts";
import { createScanProvider, type Environment } from "./credentials.ts";
import type { AwsLimits } from "./limits.ts";
import { readPagesOf } from "./listing/list-page-handler.ts";
import { createRequestHandler } from "./request-handler.ts";

export type ScanClients = {
  readonly s3: (source: Source) => S3Client;
  readonly dynamodb: (source: Source) => DynamoDBClient;
  /** Drops an account's clients with their credentials, after AWS called these expired or unknown. */
  readonly forget: (account: AccountSettings) => void;
};

/** Keeps one read-only client per account, region and service: the SDK's retry quota is per client. */
export function createScanClients(options: {
  environment: Environment | undefined;
  limits: AwsLimits;
  now: () => number;
  clock?: AwsClock | undefined;
}): ScanClients {
  const providers = new Map<string, AwsCredentialIdentityProvider>();
  const s3Clients = new Map<string, S3Client>();
  const dynamodbClients = new Map<string, DynamoDBClient>();

  function configOf(source: Source): ClientConfig {
    const credentials = findOrMake(providers, idOf(source.account), () => createScanProvider(source.account, options));
    const requestHandler = readPagesOf(createRequestHandler({ limits: options.limits, isReused: true }));
    return { source, credentials, requestHandler, maxAttempts: options.limits.scanAttempts };
  }

  return {
    s3: (source) =>
      findOrMake(s3Clients, `${idOf(source.account)} ${source.region}`, () => {
        const client = createS3(configOf(source));
        guardCommands(client.middlewareStack, SCAN_RULES);
        options.clock?.watch(client.middlewareStack, source);
        return client;
      }),
    dynamodb: (source) =>
      findOrMake(dynamodbClients, `${idOf(source.account)} ${source.region}`, () => {
        const client = createDynamodb(configOf(source));
        guardCommands(client.middlewareStack, SCAN_RULES);
        options.clock?.watch(client.middlewareStack, source);
        return client;
      }),
    forget(account) {
      const id = idOf(account);
      providers.delete(id);
      // Not destroyed: other sweeps may still be reading through them.
      for (const clients of [s3Clients, dynamodbClients]) {
        for (const key of clients.keys()) if (key.startsWith(`${id} `)) clients.delete(key);
      }
    },
  };
}

/** Makes a client for one unlock: one attempt, a new connection for each request, and only an unlock's commands. */
export function createUnlockS3(options: UnlockClientOptions): S3Client {
  const client = createS3(unlockConfig(options));
  guardCommands(client.middlewareStack, UNLOCK_RULES);
  return client;
}

export function createUnlockDynamodb(options: UnlockClientOptions): DynamoDBClient {
  const client = createDynamodb(unlockConfig(options));
  guardCommands(client.middlewareStack, UNLOCK_RULES);
  return client;
}

/** Makes a client for one restore: one attempt, a new connection for each request, and only what creates these halves. */
export function createRestoreS3(options: RestoreClientOptions): S3Client {
  const client = createS3(unlockConfig(options));
  guardCommands(client.middlewareStack, RESTORE_RULES);
  guardLocations(client.middlewareStack, options.locations);
  return client;
}

export function createRestoreDynamodb(options: RestoreClientOptions): DynamoDBClient {
  const client = createDynamodb(unlockConfig(options));
  guardCommands(client.middlewareStack, RESTORE_RULES);
  guardLocations(client.middlewareStack, options.locations);
  return client;
}

/** What a table is called in a request; the ARN makes AWS refuse when the credentials are another account's. */
export function formatTableName(source: Source): string {
  const { account, region, name } = source;
  if (account.endpoints.dynamodb !== null) return name;
  return `arn:${partitionOf(region)}:dynamodb:${region}:${account.id}:table/${name}`;
}

/** The AWS partition of a region, as it stands in ARNs. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

type UnlockClientOptions = {
  readonly source: Source;
  readonly credentials: AwsCredentialIdentity;
  readonly limits: AwsLimits;
  readonly timeoutMs: number;
};

type RestoreClientOptions = UnlockClientOptions & { readonly locations: ReadonlySet<string> };

type ClientConfig = {
  readonly source: Source;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
};

function unlockConfig({ source, credentials, limits, timeoutMs }: UnlockClientOptions): ClientConfig {
  const requestHandler = createRequestHandler({ limits, timeoutMs, isReused: false });
  return { source, credentials, requestHandler, maxAttempts: 1 };
}

function createS3({ source, ...config }: ClientConfig): S3Client {
  const endpoint = source.account.endpoints.s3;
  return new S3Client({
    ...config,
    region: source.region,
    retryMode: "standard",
    followRegionRedirects: false,
    // S3-compatible stores refuse checksums they do not know.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
  });
}

function createDynamodb({ source, ...config }: ClientConfig): DynamoDBClient {
  const endpoint = source.account.endpoints.dynamodb;
  return new DynamoDBClient({
    ...config,
    region: source.region,
    retryMode: "standard",
    // A host name per account would be one more thing that firewalls must know.
    accountIdEndpointMode: "disabled",
    ...(endpoint === null ? {} : { endpoint }),
  });
}

function idOf(account: AccountSettings): string {
  // All settings: after a change of configuration nothing of the old credentials may be used.
  return JSON.stringify(account);
}

function findOrMake<T>(made: Map<string, T>, id: string, make: () => T): T {
  const known = made.get(id);
  if (known !== undefined) return known;
  const fresh = make();
  made.set(id, fresh);
  return fresh;
}
