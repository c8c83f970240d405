import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { AwsLimits } from "#lib/adapters/aws/limits.ts";
import { createScanner } from "#lib/adapters/aws/source-scanner.ts";
import { createUnlockGateway } from "#lib/adapters/aws/unlock-gateway.ts";
import type { Stores } from "#lib/adapters/db/stores.ts";
import { FULL_ACCESS } from "#lib/domain/access/access.ts";
import type { AccountSettings } from "#lib/domain/account.ts";
import { DEFAULT_SCAN_RULE } from "#lib/domain/scan-schedule.ts";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import { createTrailMemory } from "#lib/services/audit/trail-memory.ts";
import type { Context, Counters } from "#lib/services/ports/context.ts";

export const ACCOUNT_ID = "111122223333";
export const REGION = "eu-west-1";
export const BUCKET = "acme-tfstate";
export const TABLE = "terraform-locks";
export const ROLES = ["scan", "unlock", "restore"] as const;
export const EXTERNAL_ID = "world";
export const OWN_KEY = { accessKeyId: "AKIAWORLD", secretAccessKey: "not-checked" };

const ALL_QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NOTHING_COUNTED: Counters = {
  sweepEnded: () => undefined,
  unlockEnded: () => undefined,
  restoreEnded: () => undefined,
  auditAppendFailed: () => undefined,
  checkpointWritten: () => undefined,
  deliveryLag: () => undefined,
};
/** Short, so that a test need not wait for what never comes. */
const LIMITS: Partial<AwsLimits> = { requestMs: 2_000, socketIdleMs: 2_000, scanCallMs: 4_000 };

/** Everything a verb needs, over stores that are open already and one address that answers for all of AWS. */
export function createTestContext(options: {
  endpoint: string | AccountSettings["endpoints"];
  stores: Stores;
  skippedMs?: () => number;
  limits?: Partial<AwsLimits>;
}): Context {
  const { endpoint, stores, skippedMs = () => 0 } = options;
  const limits = { ...LIMITS, ...options.limits };
  const env = { AWS_ACCESS_KEY_ID: OWN_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: OWN_KEY.secretAccessKey };
  const account = describeAccount(
    typeof endpoint === "string" ? { s3: endpoint, dynamodb: endpoint, sts: endpoint } : endpoint,
  );
  return {
    actor: { kind: "person", name: "riley", authenticatedBy: "local" },
    access: FULL_ACCESS,
    signIn: { kind: "local" },
    freshSignInMsMax: null,
    accessOf: async () => null,
    policies: [],
    nameApprovers: () => [],
    hurryDeliveries: () => undefined,
    requestId: "test-request",
    now: () => Date.now() + skippedMs(),
    monotonicMs: () => performance.now() + skippedMs(),
    newId: () => randomUUID(),
    newSecret: () => randomBytes(32).toString("base64url"),
    pause: async () => undefined,
    sha256: (data) => createHash("sha256").update(data).digest("hex"),
    accounts: [account],
    sources: listSources(account),
    scanner: createScanner({
      env,
      limits,
      now: () => Date.now() + skippedMs(),
      monotonicMs: () => performance.now() + skippedMs(),
    }),
    gateway: createUnlockGateway({ env, limits }),
    ...stores,
    signInDesk: null,
    checkpointSinks: [],
    destinations: [],
    restoreWindowMs: 15 * 60_000,
    trail: createTrailMemory(),
    scanRuleOf: () => DEFAULT_SCAN_RULE,
    sweeps: { running: new Map(), refreshing: new Map() },
    counters: NOTHING_COUNTED,
    log: ALL_QUIET,
  };
}

function describeAccount(endpoints: AccountSettings["endpoints"]): AccountSettings {
  const roleArn = (name: (typeof ROLES)[number]) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
  return {
    name: "payments-prod",
    id: ACCOUNT_ID,
    region: REGION,
    scanRoleArn: roleArn("scan"),
    unlockRoleArn: roleArn("unlock"),
    restoreRoleArn: roleArn("restore"),
    externalId: EXTERNAL_ID,
    endpoints,
  };
}

function listSources(account: AccountSettings): readonly Source[] {
  const found = [
    { account, region: REGION, prefix: "", kind: "s3", name: BUCKET },
    { account, region: REGION, prefix: "", kind: "dynamodb", name: TABLE },
  ] as const;
  return found.map((source) => ({ ...source, id: formatSourceId({ ...source, account: account.name }) }));
}
