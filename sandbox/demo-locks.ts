import { randomBytes } from "node:crypto";
import { formatLockBody } from "./lock-body.ts";

export const PAYMENTS = { id: "111122223333", name: "payments-prod", region: "eu-west-1", table: "terraform-locks" };
export const PLATFORM = {
  id: "444455556666",
  name: "platform-staging",
  region: "us-east-1",
  table: "platform-terraform-locks",
};
export const DATA = { id: "777788889999", name: "data-dev", region: "eu-west-1" };

export const PAYMENTS_BUCKET = "acme-payments-tfstate";
export const PLATFORM_BUCKET = "acme-platform-tfstate";
export const EDGE_BUCKET = "acme-edge-tfstate";
export const DATA_BUCKET = "acme-data-tfstate";

type Mechanism = "s3" | "dynamodb" | "both";
export type DemoLock = {
  bucket: string;
  key: string;
  mechanism: Mechanism;
  /** What is stored; null is a DynamoDB item without `Info`. */
  body: string | null;
  ageMs: number;
  /** Age of the state beside it; null where none was written yet. */
  stateAgeMs: number | null;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** This pair loses its S3 half once Lockkeeper has seen both. */
export const PAIR_THAT_BREAKS = { bucket: PAYMENTS_BUCKET, key: "vault/prod/terraform.tfstate" };
/** The scan role may list this lock and not read it. */
export const UNREADABLE_KEYS = /^secrets\//;

/** The locks of the demo, each a case somebody on call meets. */
export function createDemoLocks(nowMs: number): DemoLock[] {
  const lock = (
    bucket: string,
    key: string,
    mechanism: Mechanism,
    ageMs: number,
    held: { operation: string; who: string; stateAgeMs: number | null; version?: string },
  ): DemoLock => {
    const { operation, who, stateAgeMs, version = "1.11.4" } = held;
    // Terraform writes `Created` first and takes the lock a moment later.
    const createdMs = nowMs - ageMs - 700;
    const createdNanos = randomBytes(2).readUInt16BE() * 10 + 1;
    const body = formatLockBody({
      id: newLockId(),
      operation,
      who,
      path: `${bucket}/${key}`,
      createdMs,
      createdNanos,
      version,
    });
    return { bucket, key, mechanism, body, ageMs, stateAgeMs };
  };
  return [
    lock(PAYMENTS_BUCKET, "network/prod/terraform.tfstate", "s3", 6 * MINUTE, {
      operation: "OperationTypeApply",
      who: "dev@macbook-pro.local",
      stateAgeMs: 20_000,
    }),
    lock(PAYMENTS_BUCKET, "checkout/prod/terraform.tfstate", "s3", 3 * HOUR, {
      operation: "OperationTypeApply",
      who: "runner@fv-az1234-567",
      stateAgeMs: 26 * HOUR,
    }),
    lock(PAYMENTS_BUCKET, "ledger/prod/terraform.tfstate", "both", 47 * MINUTE, {
      operation: "OperationTypeApply",
      who: "gitlab-runner@runner-abc-project-12-concurrent-0",
      stateAgeMs: 9 * HOUR,
    }),
    lock(PAIR_THAT_BREAKS.bucket, PAIR_THAT_BREAKS.key, "both", 2 * HOUR, {
      operation: "OperationTypeApply",
      who: "runner@fv-az890-12",
      stateAgeMs: 2 * HOUR - 5 * MINUTE,
    }),
    lock(PAYMENTS_BUCKET, "iam/prod/terraform.tfstate", "dynamodb", 25 * MINUTE, {
      operation: "OperationTypeRefresh",
      who: "ec2-user@ip-10-0-12-34.eu-west-1.compute.internal",
      stateAgeMs: 50 * HOUR,
      version: "1.5.7",
    }),
    lock(PAYMENTS_BUCKET, "secrets/prod/terraform.tfstate", "s3", 5 * HOUR, {
      operation: "OperationTypeApply",
      who: "runner@fv-az77-3",
      stateAgeMs: 30 * HOUR,
    }),
    lock(PLATFORM_BUCKET, "eks/staging/terraform.tfstate", "s3", 4 * MINUTE, {
      operation: "OperationTypePlan",
      who: "atlantis@atlantis-0",
      stateAgeMs: 7 * HOUR,
    }),
    lock(PLATFORM_BUCKET, "dns/staging/terraform.tfstate", "s3", 19 * HOUR, {
      operation: "OperationTypeInvalid",
      who: "ubuntu@bastion-1",
      stateAgeMs: 44 * HOUR,
      version: "1.9.8",
    }),
    lock(PLATFORM_BUCKET, "env:/prod-eu/api/terraform.tfstate", "s3", 11 * MINUTE, {
      operation: "init",
      who: "dev@thinkpad-x1",
      stateAgeMs: null,
    }),
    {
      bucket: PLATFORM_BUCKET,
      key: "legacy/vpn/terraform.tfstate",
      mechanism: "dynamodb",
      body: null,
      ageMs: 0,
      stateAgeMs: 900 * HOUR,
    },
    {
      bucket: EDGE_BUCKET,
      key: "cdn/prod/terraform.tfstate",
      mechanism: "s3",
      body: "",
      ageMs: 8 * HOUR,
      stateAgeMs: 12 * HOUR,
    },
    lock(EDGE_BUCKET, "playground/terraform.tfstate", "s3", 55 * MINUTE, {
      operation: "OperationTypeApply",
      who: '\u202enimda<img src=x onerror="alert(1)">@build\u200b-7',
      stateAgeMs: 70 * HOUR,
    }),
    lock(DATA_BUCKET, "warehouse/dev/terraform.tfstate", "s3", 40 * MINUTE, {
      operation: "OperationTypePlan",
      who: "runner@fv-az5-99",
      stateAgeMs: 3 * HOUR,
    }),
  ];
}

/** States without a lock, so that locks have to be found among them. */
export const IDLE_STATES: Record<string, string[]> = {
  [PAYMENTS_BUCKET]: ["backups", "billing", "certificates", "fraud", "monitoring", "queues", "refunds"].flatMap(
    (part) => [`${part}/prod/terraform.tfstate`, `${part}/staging/terraform.tfstate`],
  ),
  [PLATFORM_BUCKET]: [
    ...["api", "ci", "logging", "registry", "vpc"].map((part) => `${part}/staging/terraform.tfstate`),
    "api/terraform.tfstate",
    "env:/prod-us/api/terraform.tfstate",
  ],
  [EDGE_BUCKET]: ["dns zones/terraform.tfstate", "waf+bots/terraform.tfstate", "größe/terraform.tfstate"],
  [DATA_BUCKET]: ["airflow", "lake", "notebooks", "streams"].map((part) => `${part}/dev/terraform.tfstate`),
};

/** An ID as Terraform makes it: shaped like a UUID, without version bits. */
function newLockId(): string {
  return randomBytes(16)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
