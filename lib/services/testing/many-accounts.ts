import { AWS_LIMITS } from "#lib/adapters/aws/limits.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import type { AccountSettings } from "#lib/domain/account.ts";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { createTestContext, EXTERNAL_ID, OWN_KEY, REGION, ROLES } from "./test-context.ts";
import { lockText } from "./world.ts";

export type ManyAccounts = {
  readonly sandbox: Sandbox;
  readonly ctx: Context;
  readonly accounts: readonly AccountSettings[];
  /** The one bucket of an account; it holds one lock. */
  readonly sourceOf: (account: AccountSettings) => Source;
  readonly close: () => Promise<void>;
};

/** Many accounts with a bucket and a lock each, in one sandbox and one store. */
export async function openManyAccounts(count: number): Promise<ManyAccounts> {
  const sandbox = await startSandbox();
  const database: TestDatabase = await openTestDatabase();
  // The product's own: fifty at once on a busy machine may need longer than a test of one.
  const base = createTestContext({ endpoint: sandbox.s3Url, stores: database.stores, limits: AWS_LIMITS });
  const accounts = Array.from({ length: count }, (_, index) => addAccount(sandbox, index));
  const [first] = accounts;
  if (first !== undefined) sandbox.addAccessKey({ ...OWN_KEY, accountId: first.id });
  const sources = accounts.map(bucketOf);
  return {
    sandbox,
    ctx: { ...base, accounts, sources },
    accounts,
    sourceOf: bucketOf,
    close: async () => {
      await database.close();
      await sandbox.close();
    },
  };
}

function addAccount(sandbox: Sandbox, index: number): AccountSettings {
  const id = String(100_000_000_000 + index);
  const name = `account-${String(index).padStart(2, "0")}`;
  sandbox.addAccount({ id, name });
  for (const role of ROLES) sandbox.addRole({ accountId: id, name: role, externalId: EXTERNAL_ID });
  const bucket = `${name}-tfstate`;
  sandbox.createBucket({ accountId: id, name: bucket, region: REGION });
  sandbox.putObject(bucket, "network/terraform.tfstate.tflock", lockText(`lock-of-${name}`));
  const { s3Url: s3, dynamodbUrl: dynamodb, stsUrl: sts } = sandbox;
  return {
    name,
    id,
    region: REGION,
    scanRoleArn: `arn:aws:iam::${id}:role/scan`,
    unlockRoleArn: `arn:aws:iam::${id}:role/unlock`,
    restoreRoleArn: `arn:aws:iam::${id}:role/restore`,
    externalId: EXTERNAL_ID,
    endpoints: { s3, dynamodb, sts },
  };
}

function bucketOf(account: AccountSettings): Source {
  const source = { account, region: account.region, prefix: "", kind: "s3", name: `${account.name}-tfstate` } as const;
  return { ...source, id: formatSourceId({ ...source, account: account.name }) };
}
