import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createScanClients } from "#lib/adapters/aws/account-clients.ts";
import { AWS_LIMITS } from "#lib/adapters/aws/limits.ts";
import { type ListingMemory, NO_MEMORY } from "#lib/adapters/aws/listing/boundaries.ts";
import { type ListingEnd, listLocks } from "#lib/adapters/aws/listing/list-locks.ts";
import { readPagesOf } from "#lib/adapters/aws/listing/list-page-handler.ts";
import { createRequestPace, type PaceLimits } from "#lib/adapters/aws/listing/request-pace.ts";
import { createPageFetcher } from "#lib/adapters/aws/listing/s3-pages.ts";
import { createSharedSlots } from "#lib/adapters/aws/listing/shared-slots.ts";
import { callWithin } from "#lib/adapters/aws/time-limit.ts";
import type { Source } from "#lib/domain/source.ts";

const ACCOUNT_ID = "111122223333";
const BUCKET = "virtual";

/** The product's own client, on the virtual S3. */
export function createClient(url: string): S3Client {
  const account = {
    name: "bench",
    id: ACCOUNT_ID,
    region: "eu-west-1",
    scanRoleArn: null,
    unlockRoleArn: null,
    restoreRoleArn: null,
    externalId: null,
  };
  const endpoints = { s3: url, dynamodb: null, sts: null };
  const source: Source = {
    id: "bench",
    account: { ...account, endpoints },
    kind: "s3",
    name: BUCKET,
    region: "eu-west-1",
    prefix: "",
  };
  const environment = { AWS_ACCESS_KEY_ID: "AKIABENCH", AWS_SECRET_ACCESS_KEY: "bench" };
  const client = createScanClients({ environment, limits: AWS_LIMITS, now: Date.now }).s3(source);
  const { requestHandler } = client.config;
  if (!(requestHandler instanceof NodeHttpHandler)) throw new Error("The client has another request handler.");
  readPagesOf(requestHandler);
  return client;
}

export type Found = { locks: string[]; end: ListingEnd };

/** The product: cold without a memory, warm with that of an earlier listing. */
export async function listWithProduct(
  client: S3Client,
  options: { memory?: ListingMemory; pace: PaceLimits },
): Promise<Found> {
  const { memory = NO_MEMORY } = options;
  const pace = createRequestPace({ limits: options.pace });
  const { acquire } = createSharedSlots(options.pace.most).openLane();
  const locks: string[] = [];
  const end = await listLocks({
    prefix: "",
    memory,
    slots: { acquire, wanted: pace.wanted },
    fetchPage: createPageFetcher({
      client,
      bucket: BUCKET,
      owner: ACCOUNT_ID,
      prefix: "",
      run: (call) => callWithin(AWS_LIMITS.scanCallMs, call),
      onAttempt: pace.note,
    }),
    mayRetry: (_, failures) => failures < 10,
    onPage: (page) => locks.push(...page.locks.map(({ key }) => key)),
  });
  return { locks, end };
}

/** What everybody writes first: page after page. */
export async function listSequentially(client: S3Client, prefix = ""): Promise<string[]> {
  const locks: string[] = [];
  let token: string | undefined;
  do {
    const answer = await client.send(command({ Prefix: prefix, ContinuationToken: token }));
    for (const { Key = "" } of answer.Contents ?? []) if (Key.endsWith(".tflock")) locks.push(Key);
    token = answer.IsTruncated ? answer.NextContinuationToken : undefined;
  } while (token !== undefined);
  return locks;
}

/** What most people write next: the directories at the root, all at once. */
export async function listByPrefix(client: S3Client): Promise<string[]> {
  const roots = await client.send(command({ Delimiter: "/" }));
  const prefixes = (roots.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix);
  const found = await Promise.all(prefixes.map((prefix) => listSequentially(client, prefix)));
  return found.flat();
}

function command(input: {
  Prefix?: string;
  Delimiter?: string;
  ContinuationToken?: string | undefined;
}): ListObjectsV2Command {
  return new ListObjectsV2Command({ Bucket: BUCKET, ExpectedBucketOwner: ACCOUNT_ID, ...input });
}
