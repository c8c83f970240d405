import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyEmbeddedTemplate } from "#lib/adapters/db/testing/embedded-template.ts";
import { seedDemo } from "#sandbox/demo.ts";
import { type BucketOptions, type RoleOptions, type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { type Api, createApi } from "./api.ts";
import { type Product, startProduct } from "./product.ts";

export type AccountSetting = {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly buckets?: readonly Pick<BucketOptions, "name" | "versioning">[];
  readonly tables?: readonly string[];
  readonly scanRole?: Partial<RoleOptions>;
  readonly unlockRole?: Partial<RoleOptions>;
  readonly restoreRole?: Partial<RoleOptions>;
};

export type WorldOptions = {
  readonly accounts: readonly AccountSetting[];
  /** The part `audit` of the configuration. */
  readonly audit?: { readonly webhooks: readonly { name: string; url: string; secrets: readonly string[] }[] };
  /** The part `access` of the configuration; local without it. */
  readonly access?: Readonly<Record<string, unknown>>;
  /** Long by default: a test sweeps when it wants to. */
  readonly scanEvery?: string;
  /** Over the credentials of the machine. */
  readonly env?: Readonly<Record<string, string>>;
  /** Changes the sandbox before the product first reads it. */
  readonly prepare?: (sandbox: Sandbox) => void;
};

/** A sandbox, a configuration that points at it, and the built product that reads it. */
export type World = {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly api: Api;
  readonly folder: string;
  close(): Promise<void>;
};

export const PAYMENTS: AccountSetting = {
  name: "payments-prod",
  id: "111122223333",
  region: "eu-west-1",
  buckets: [{ name: "acme-payments-tfstate", versioning: "enabled" }],
  tables: ["terraform-locks"],
};
export const PAYMENTS_BUCKET = "acme-payments-tfstate";
export const PAYMENTS_TABLE = "terraform-locks";

/** The credentials of the machine: they can do nothing but assume roles. */
export const AMBIENT = {
  AWS_ACCESS_KEY_ID: "AKIALOCKKEEPERTEST00",
  AWS_SECRET_ACCESS_KEY: "the-sandbox-does-not-check-signatures",
  AWS_REGION: "eu-west-1",
};

export const EXTERNAL_ID = "lockkeeper-e2e-external-id";
const MIGRATIONS = "prisma/migrations";
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TOOLS_ID = "999900001111";
const SCAN_ACTIONS = [
  "s3:ListBucket",
  "s3:ListBucketVersions",
  "s3:GetObject",
  "dynamodb:DescribeTable",
  "dynamodb:Scan",
  "dynamodb:GetItem",
  "dynamodb:BatchGetItem",
];
const UNLOCK_ACTIONS = ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject", "dynamodb:GetItem", "dynamodb:DeleteItem"];
const RESTORE_ACTIONS = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "dynamodb:GetItem", "dynamodb:PutItem"];

/** Starts everything a test needs; `close` leaves no process and no file behind. */
export async function startWorld(options: WorldOptions = { accounts: [PAYMENTS] }): Promise<World> {
  const sandbox = await startSandbox();
  await addToSandbox(sandbox, options.accounts);
  options.prepare?.(sandbox);
  return startOn(sandbox, formatConfig(sandbox, options), { ...AMBIENT, ...options.env }, { isFirstStart: false });
}

/** The story of the demo, as `npm start` shows it without a configuration, on a data folder that is empty as a new user's. */
export async function startDemoWorld(): Promise<World> {
  const sandbox = await startSandbox();
  const { configYaml, credentials } = await seedDemo(sandbox);
  return startOn(sandbox, configYaml, credentials, { isFirstStart: true });
}

async function startOn(
  sandbox: Sandbox,
  config: string,
  env: Readonly<Record<string, string>>,
  { isFirstStart }: { readonly isFirstStart: boolean },
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-e2e-"));
  const configFile = join(folder, "lockkeeper.yaml");
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const isEmbedded = env["DATABASE_URL"] === undefined;
  if (isEmbedded && !isFirstStart) await copyEmbeddedTemplate(dataDir, MIGRATIONS, QUIET);
  writeFileSync(configFile, config);
  const product = await startProduct({ configFile, dataDir, env }).catch(async (error: unknown) => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    sandbox,
    product,
    api: createApi(product.url),
    folder,
    async close() {
      // The sandbox first: a request it never answers would hold the product's orderly end.
      await sandbox.close();
      await product.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function addToSandbox(sandbox: Sandbox, accounts: readonly AccountSetting[]): Promise<void> {
  sandbox.addAccount({ id: TOOLS_ID, name: "tools" });
  sandbox.addRole({ accountId: TOOLS_ID, name: "lockkeeper", allow: [] });
  sandbox.addAccessKey({
    accessKeyId: AMBIENT.AWS_ACCESS_KEY_ID,
    secretAccessKey: AMBIENT.AWS_SECRET_ACCESS_KEY,
    accountId: TOOLS_ID,
    role: "lockkeeper",
  });
  for (const { id, name, region, buckets = [], tables = [], scanRole, unlockRole, restoreRole } of accounts) {
    sandbox.addAccount({ id, name });
    const common = { accountId: id, externalId: EXTERNAL_ID };
    sandbox.addRole({ ...common, name: "lockkeeper-scan", allow: SCAN_ACTIONS, ...scanRole });
    sandbox.addRole({ ...common, name: "lockkeeper-unlock", allow: UNLOCK_ACTIONS, ...unlockRole });
    sandbox.addRole({ ...common, name: "lockkeeper-restore", allow: RESTORE_ACTIONS, ...restoreRole });
    for (const bucket of buckets) sandbox.createBucket({ accountId: id, region, ...bucket });
    for (const table of tables) await sandbox.createTable({ accountId: id, region, name: table });
  }
}

// JSON is YAML, and needs no quoting rules of our own.
function formatConfig(sandbox: Sandbox, options: WorldOptions): string {
  const endpoints = { s3: sandbox.s3Url, dynamodb: sandbox.dynamodbUrl, sts: sandbox.stsUrl };
  const accounts = options.accounts.map(({ name, id, region, buckets = [], tables = [] }) => ({
    name,
    id,
    region,
    scanRoleArn: `arn:aws:iam::${id}:role/lockkeeper-scan`,
    unlockRoleArn: `arn:aws:iam::${id}:role/lockkeeper-unlock`,
    restoreRoleArn: `arn:aws:iam::${id}:role/lockkeeper-restore`,
    externalId: EXTERNAL_ID,
    buckets: buckets.map((bucket) => ({ name: bucket.name })),
    tables: tables.map((table) => ({ name: table })),
    endpoints,
  }));
  return JSON.stringify({
    accounts,
    scan: { every: options.scanEvery ?? "1h" },
    access: options.access ?? { mode: "local" },
    ...(options.audit !== undefined && { audit: options.audit }),
  });
}
