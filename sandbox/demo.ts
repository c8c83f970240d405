import { createHash } from "node:crypto";
import {
  createDemoLocks,
  DATA,
  DATA_BUCKET,
  type DemoLock,
  EDGE_BUCKET,
  IDLE_STATES,
  PAIR_THAT_BREAKS,
  PAYMENTS,
  PAYMENTS_BUCKET,
  PLATFORM,
  PLATFORM_BUCKET,
  UNREADABLE_KEYS,
} from "./demo-locks.ts";
import type { Sandbox } from "./sandbox.ts";

export type DemoCredentials = { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string; AWS_REGION: string };
export type SeededDemo = { configYaml: string; credentials: DemoCredentials };

/** The ambient credentials of the demo: they can do nothing but assume its roles. */
export const DEMO_CREDENTIALS: DemoCredentials = {
  AWS_ACCESS_KEY_ID: "AKIALOCKKEEPERDEMO00",
  AWS_SECRET_ACCESS_KEY: "the-sandbox-does-not-check-signatures",
  AWS_REGION: "eu-west-1",
};

const EXTERNAL_ID = "lockkeeper-demo";
const TOOLS_ACCOUNT = { id: "999900001111", name: "tools" };
const SCAN_ACTIONS = [
  "s3:ListBucket",
  "s3:ListBucketVersions",
  "s3:GetBucketLocation",
  "s3:GetBucketVersioning",
  "s3:GetObject",
  "dynamodb:DescribeTable",
  "dynamodb:Scan",
  "dynamodb:GetItem",
  "dynamodb:BatchGetItem",
];
const UNLOCK_ACTIONS = ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject", "dynamodb:GetItem", "dynamodb:DeleteItem"];
const RESTORE_ACTIONS = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "dynamodb:GetItem", "dynamodb:PutItem"];
const DIGEST_TABLES: Record<string, { id: string; region: string; table: string }> = {
  [PAYMENTS_BUCKET]: PAYMENTS,
  [PLATFORM_BUCKET]: PLATFORM,
};

/** Fills a sandbox with three accounts and a story in their locks; gives the configuration that points at it. */
export async function seedDemo(sandbox: Sandbox): Promise<SeededDemo> {
  const nowMs = Date.now();
  addAccounts(sandbox);
  await addSources(sandbox);
  for (const lock of createDemoLocks(nowMs)) {
    if (lock.stateAgeMs !== null) await addState(sandbox, lock.bucket, lock.key, nowMs - lock.stateAgeMs);
    await addLock(sandbox, lock, nowMs);
  }
  for (const [bucket, keys] of Object.entries(IDLE_STATES)) {
    for (const [index, key] of keys.entries())
      await addState(sandbox, bucket, key, nowMs - (index + 2) * 13 * 3_600_000);
  }
  breakPairOnceSeen(sandbox);
  return { configYaml: formatConfig(sandbox), credentials: DEMO_CREDENTIALS };
}

function addAccounts(sandbox: Sandbox): void {
  sandbox.addAccount(TOOLS_ACCOUNT);
  sandbox.addRole({ accountId: TOOLS_ACCOUNT.id, name: "lockkeeper", allow: [] });
  sandbox.addAccessKey({
    accessKeyId: DEMO_CREDENTIALS.AWS_ACCESS_KEY_ID,
    secretAccessKey: DEMO_CREDENTIALS.AWS_SECRET_ACCESS_KEY,
    accountId: TOOLS_ACCOUNT.id,
    role: "lockkeeper",
  });
  for (const account of [PAYMENTS, PLATFORM, DATA]) {
    sandbox.addAccount({ id: account.id, name: account.name });
    // Bodies of states stay closed to the scan role: only what ends in .tflock can be read.
    const denyReadKeys = new RegExp(`${UNREADABLE_KEYS.source}|^(?!.*\\.tflock$)`, "su");
    const allow = account === DATA ? [] : SCAN_ACTIONS;
    const common = { accountId: account.id, externalId: EXTERNAL_ID };
    sandbox.addRole({ ...common, name: "lockkeeper-scan", allow, denyReadKeys });
    sandbox.addRole({ ...common, name: "lockkeeper-unlock", allow: UNLOCK_ACTIONS });
    sandbox.addRole({ ...common, name: "lockkeeper-restore", allow: RESTORE_ACTIONS });
  }
}

async function addSources(sandbox: Sandbox): Promise<void> {
  const bucket = (accountId: string, name: string, region: string, versioning: "enabled" | "off") =>
    sandbox.createBucket({ accountId, name, region, versioning });
  bucket(PAYMENTS.id, PAYMENTS_BUCKET, PAYMENTS.region, "enabled");
  bucket(PLATFORM.id, PLATFORM_BUCKET, PLATFORM.region, "off");
  bucket(PLATFORM.id, EDGE_BUCKET, "eu-west-1", "enabled");
  bucket(DATA.id, DATA_BUCKET, DATA.region, "off");
  for (const { id, region, table } of [PAYMENTS, PLATFORM]) {
    await sandbox.createTable({ accountId: id, name: table, region });
  }
}

async function addState(sandbox: Sandbox, bucket: string, key: string, atMs: number): Promise<void> {
  const lineage = createHash("sha256").update(key).digest("hex").slice(0, 36);
  const state = JSON.stringify({
    version: 4,
    terraform_version: "1.11.4",
    serial: 7,
    lineage,
    outputs: {},
    resources: [],
  });
  sandbox.putObject(bucket, key, state, { lastModifiedMs: atMs });
  const owner = DIGEST_TABLES[bucket];
  if (owner === undefined) return;
  const digest = createHash("md5").update(state).digest("hex");
  await sandbox.putItem(owner.id, owner.region, owner.table, {
    LockID: { S: `${bucket}/${key}-md5` },
    Digest: { S: digest },
  });
}

async function addLock(sandbox: Sandbox, lock: DemoLock, nowMs: number): Promise<void> {
  if (lock.mechanism !== "dynamodb" && lock.body !== null) {
    sandbox.putObject(lock.bucket, `${lock.key}.tflock`, lock.body, { lastModifiedMs: nowMs - lock.ageMs });
  }
  const owner = DIGEST_TABLES[lock.bucket];
  if (lock.mechanism === "s3" || owner === undefined) return;
  const info = lock.body === null ? {} : { Info: { S: lock.body } };
  await sandbox.putItem(owner.id, owner.region, owner.table, { LockID: { S: `${lock.bucket}/${lock.key}` }, ...info });
}

/** Lets the first sweeps of bucket and table see a pair, and takes its S3 half away before the next one of the bucket. */
function breakPairOnceSeen(sandbox: Sandbox): void {
  const seen = new Set<string>();
  const stop = sandbox.onRequest(({ operation, bucket }, phase) => {
    const isPairBucket = operation === "ListObjectsV2" && bucket === PAIR_THAT_BREAKS.bucket;
    const isPairTable = operation === "Scan" && bucket === PAYMENTS.table;
    if (phase === "after" && (isPairBucket || isPairTable)) seen.add(operation);
    if (phase === "before" && isPairBucket && seen.size === 2) {
      sandbox.deleteObject(PAIR_THAT_BREAKS.bucket, `${PAIR_THAT_BREAKS.key}.tflock`);
      stop();
    }
  });
}

function formatConfig(sandbox: Sandbox): string {
  const endpoints = `    endpoints:
      s3: ${sandbox.s3Url}
      dynamodb: ${sandbox.dynamodbUrl}
      sts: ${sandbox.stsUrl}
`;
  const account = (
    { id, name, region }: { id: string; name: string; region: string },
    sources: string,
  ) => `  - name: ${name}
    id: "${id}"
    region: ${region}
    scanRoleArn: arn:aws:iam::${id}:role/lockkeeper-scan
    unlockRoleArn: arn:aws:iam::${id}:role/lockkeeper-unlock
    restoreRoleArn: arn:aws:iam::${id}:role/lockkeeper-restore
    externalId: ${EXTERNAL_ID}
${sources}${endpoints}`;
  const tables = (name: string) => `    tables:
      - name: ${name}
`;
  const buckets = (...names: string[]) => `    buckets:
${names.map((name) => `      - name: ${name}\n`).join("")}`;
  return `# The sandbox's own accounts: nothing here is real.
accounts:
${account(PAYMENTS, buckets(PAYMENTS_BUCKET) + tables(PAYMENTS.table))}${account(
  PLATFORM,
  `${buckets(PLATFORM_BUCKET, EDGE_BUCKET)}        region: eu-west-1\n${tables(PLATFORM.table)}`,
)}${account(DATA, buckets(DATA_BUCKET))}scan:
  every: 15s
access:
  mode: local
`;
}
