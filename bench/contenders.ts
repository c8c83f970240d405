import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { createScanClients } from "#lib/adapters/aws/account-clients.ts";
import { AWS_LIMITS, type AwsLimits } from "#lib/adapters/aws/limits.ts";
import { createThreadedScanner, type ThreadedScanner } from "#lib/adapters/aws/threaded-scanner.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SourceMemory } from "#lib/domain/source-memory.ts";
import { createVirtualKeys } from "./virtual-keys.ts";

const ACCOUNT_ID = "111122223333";
const BUCKET = "virtual";
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: "AKIABENCH", AWS_SECRET_ACCESS_KEY: "bench" };

/** The virtual S3 as a source of the product. */
function describeSource(url: string): Source {
  const account = {
    name: "bench",
    id: ACCOUNT_ID,
    region: "eu-west-1",
    scanRoleArn: null,
    unlockRoleArn: null,
    restoreRoleArn: null,
    externalId: null,
    endpoints: { s3: url, dynamodb: null, sts: null },
  };
  return { id: "bench", account, kind: "s3", name: BUCKET, region: "eu-west-1", prefix: "" };
}

/** An SDK client set up as the product's own. */
export function createClient(url: string): S3Client {
  const options = { environment: ENVIRONMENT, limits: AWS_LIMITS, now: Date.now };
  return createScanClients(options).s3(describeSource(url));
}

/** The product, as the server makes it: its sweeps run in their own thread. */
export function createProduct(limits: Partial<AwsLimits> = {}): ThreadedScanner {
  const write = (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  return createThreadedScanner({ env: ENVIRONMENT, limits, log: { info: write, warn: write, error: write } });
}

export type Found = { locks: string[]; memory: SourceMemory | undefined };

/** One sweep of the product: cold without a memory, warm with that of an earlier sweep. All lock bodies are known. */
export async function listWithProduct(
  product: ThreadedScanner,
  options: { url: string; known: readonly HalfSighting[]; memory?: SourceMemory | undefined },
): Promise<Found> {
  const { url, known, memory } = options;
  const given = memory === undefined ? {} : { memory };
  const result = await product.sweep(describeSource(url), known, () => undefined, given);
  if (result.outcome !== "ok") throw new Error(`The sweep failed: ${result.error?.message}`);
  return { locks: result.halves.map(({ location }) => location), memory: result.memory };
}

/** The locks of a virtual bucket as they would be stored: what is measured is the listing, and not the reading of bodies. */
export function knownLocks(count: number): HalfSighting[] {
  const keys = createVirtualKeys(count);
  const locations: string[] = [];
  // One key at a time: millions of them would be more memory than what is measured.
  for (let index = 0; index < count; index += 1) if (keys.isLock(index)) locations.push(keys.keyAt(index));
  return locations.map((location) => ({
    id: location,
    sourceId: "bench",
    mechanism: "s3",
    location,
    bucket: BUCKET,
    stateKey: location.slice(0, -".tflock".length),
    body: { kind: "bytes", bytes: new Uint8Array(300), sizeBytes: 4096, isTruncated: true },
    fingerprint: "0".repeat(64),
    etag: '"9e107d9d372bb6826bd81d3542a419d6"',
    versionId: null,
    lastModifiedMs: Date.UTC(2026, 10, 1, 12, 34, 56),
    state: null,
    firstSeenAtMs: 0,
    lastSeenAtMs: 0,
    sweepsSeen: 1,
    isPaired: false,
    goneAtMs: null,
    goneUnlockId: null,
  }));
}

function isLock(key: string): boolean {
  return key.endsWith(".tflock");
}

/** What everybody writes first: page after page. */
export async function listSequentially(client: S3Client, prefix = ""): Promise<string[]> {
  const locks: string[] = [];
  let token: string | undefined;
  do {
    const answer = await client.send(command({ Prefix: prefix, ContinuationToken: token }));
    for (const { Key = "" } of answer.Contents ?? []) if (isLock(Key)) locks.push(Key);
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
