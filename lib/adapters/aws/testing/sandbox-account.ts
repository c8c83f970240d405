import type { Environment } from "#lib/adapters/aws/credentials.ts";
import type { AwsLimits } from "#lib/adapters/aws/limits.ts";
import { createUnlockGateway } from "#lib/adapters/aws/unlock-gateway.ts";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { HalfAddress, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import { formatSourceId, type Mechanism, type Source } from "#lib/domain/source.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";

/** For tests: one account in the sandbox, as it would be configured, with its two roles. */
export type SandboxAccount = {
  readonly sandbox: Sandbox;
  readonly account: AccountSettings;
  /** The keys of Lockkeeper's own identity, in another account. */
  readonly env: Environment;
  /** Another account in the same sandbox, with roles of its own. */
  readonly other: AccountSettings;
  readonly newBucket: (options?: {
    account?: AccountSettings;
    versioning?: "enabled" | "suspended" | "off";
    prefix?: string;
  }) => Source;
  readonly newTable: () => Promise<Source>;
};

/** Short enough for tests, long enough for a loaded machine. */
export const TEST_LIMITS: Partial<AwsLimits> = {
  connectMs: 2_000,
  requestMs: 5_000,
  socketIdleMs: 5_000,
  scanCallMs: 5_000,
  throttledCalls: 1,
};

export const ACCOUNT_ID = "111122223333";
const REGION = "eu-west-1";

export async function startSandboxAccount(): Promise<SandboxAccount> {
  const sandbox = await startSandbox();
  sandbox.addAccount({ id: "999988887777", name: "lockkeeper" });
  sandbox.addAccessKey({ accessKeyId: "AKIAOWN", secretAccessKey: "secret", accountId: "999988887777" });
  const env = { AWS_ACCESS_KEY_ID: "AKIAOWN", AWS_SECRET_ACCESS_KEY: "secret" };
  const payments = addAccount(sandbox, ACCOUNT_ID, "payments");
  const other = addAccount(sandbox, "444455556666", "other");
  let count = 0;
  const newName = (kind: string) => {
    count += 1;
    return `acme-${kind}-${count}`;
  };

  return {
    sandbox,
    account: payments,
    other,
    env,
    newBucket({ account = payments, versioning = "off", prefix = "" } = {}) {
      const name = newName("tfstate");
      sandbox.createBucket({ accountId: account.id, name, region: REGION, versioning });
      return makeSource(account, "s3", name, prefix);
    },
    async newTable() {
      const name = newName("locks");
      await sandbox.createTable({ accountId: ACCOUNT_ID, name, region: REGION });
      return makeSource(payments, "dynamodb", name);
    },
  };
}

function addAccount(sandbox: Sandbox, id: string, name: string): AccountSettings {
  sandbox.addAccount({ id, name });
  const scan = [
    ...["s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject"],
    ...["dynamodb:DescribeTable", "dynamodb:Scan", "dynamodb:GetItem", "dynamodb:BatchGetItem"],
  ];
  sandbox.addRole({ accountId: id, name: "scan", externalId: "ext-1", allow: scan });
  const unlock = ["s3:ListBucket", "s3:GetObject", "s3:DeleteObject", "dynamodb:GetItem", "dynamodb:DeleteItem"];
  sandbox.addRole({ accountId: id, name: "unlock", externalId: "ext-1", allow: unlock });
  const restore = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "dynamodb:GetItem", "dynamodb:PutItem"];
  sandbox.addRole({ accountId: id, name: "restore", externalId: "ext-1", allow: restore });
  return {
    name,
    id,
    region: REGION,
    scanRoleArn: `arn:aws:iam::${id}:role/scan`,
    unlockRoleArn: `arn:aws:iam::${id}:role/unlock`,
    restoreRoleArn: `arn:aws:iam::${id}:role/restore`,
    externalId: "ext-1",
    endpoints: { s3: sandbox.s3Url, dynamodb: sandbox.dynamodbUrl, sts: sandbox.stsUrl },
  };
}

export function makeSource(account: AccountSettings, kind: Mechanism, name: string, prefix = ""): Source {
  const place = { kind, name, region: account.region, prefix };
  return { id: formatSourceId({ account: account.name, ...place }), account, ...place };
}

/** What a store would give the next sweep for a half that a sweep observed. */
export function asSighting(half: ObservedHalf): HalfSighting {
  const seen = {
    firstSeenAtMs: 0,
    lastSeenAtMs: 0,
    sweepsSeen: 1,
    isPaired: false,
    goneAtMs: null,
    goneUnlockId: null,
  };
  return { ...half, id: half.location, ...seen };
}

/** Object keys that tempt a client to normalise, decode twice or cut off. */
export const HOSTILE_STATE_KEYS: readonly string[] = [
  "plain/terraform.tfstate",
  "with space/a+b/100%/x",
  "a%20b/%2e%2e/%2F/x",
  "&<>\"'/x",
  "question?mark#hash",
  "dots/../../x/./y",
  "../escape",
  "/leading",
  "double//slash",
  "new\nline\ttab\u0001\u007f",
  "é/ü/日本/😀/\u{10000}/\uE000/\uFFFD",
  "semi;colon,equals=at@dollar$star*paren()bang!tilde~",
  "{{7*7}}$[x]\\back\\slash|pipe^caret`tick[bracket]",
  "env:/dev/x.tfstate",
  `${"k".repeat(500)}/${"é".repeat(258)}`,
];

/** Opens an unlock as the service would. */
export function openUnlock(
  world: SandboxAccount,
  sources: readonly Source[],
  options: { timeoutMs: number; unlockId?: string; locations?: readonly string[] },
): Promise<UnlockSession> {
  const gateway = createUnlockGateway({ env: world.env, limits: TEST_LIMITS });
  const actor = { kind: "person", name: "jo", authenticatedBy: "local" } as const;
  const { timeoutMs, unlockId = "01K0000000000000000000000A", locations = USUAL_LOCATIONS } = options;
  const halves = sources.flatMap((source) => locations.map((location) => addressOf(source, location)));
  return gateway.openSession({ unlockId, actor, sources, halves, timeoutMs });
}

/** Where the tests of unlocks have their halves, digests among them: the session's credentials reach these and no others. */
const USUAL_LOCATIONS = ["x.tflock", "acme/x", "acme/z", "acme/x-md5", "acme/y-md5", "b/x", "b/x-md5"];

/** Opens a restore of halves in one source as the service would. */
export function openRestore(
  world: SandboxAccount,
  source: Source,
  options: { locations: readonly string[]; timeoutMs?: number; restoreId?: string },
): Promise<RestoreSession> {
  const gateway = createUnlockGateway({ env: world.env, limits: TEST_LIMITS });
  const actor = { kind: "person", name: "jo", authenticatedBy: "local" } as const;
  const { locations, timeoutMs = 5_000, restoreId = "01K0000000000000000000000R" } = options;
  const halves = locations.map((location) => addressOf(source, location));
  return gateway.openRestoreSession({ restoreId, actor, sources: [source], halves, timeoutMs });
}

export function addressOf(source: Source, location: string): HalfAddress {
  return { sourceId: source.id, mechanism: source.kind, location };
}
