import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { AccountSettings } from "#lib/domain/account.ts";
import { assumeRole } from "./assume-role.ts";
import type { AwsLimits } from "./limits.ts";
import { formatRestorePolicy, formatScanPolicy, formatUnlockPolicy, type PlacedHalf } from "./session-policy.ts";
import { callWithin } from "./time-limit.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Seconds a session lives: the longest that a chained role may have, and the shortest there is. */
const SCAN_SESSION_SECONDS = 3_600;
const WRITE_SESSION_SECONDS = 900;
const REFRESH_BEFORE_MS = 5 * 60_000;

/** The credentials Lockkeeper itself runs with: static keys of a given environment, else the SDK's usual chain. */
export function createAmbientProvider(environment: Environment | undefined): AwsCredentialIdentityProvider {
  const accessKeyId = environment?.["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = environment?.["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = environment?.["AWS_SESSION_TOKEN"];
  if (!accessKeyId || !secretAccessKey) return fromNodeProviderChain();
  return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) });
}

/** Scan credentials of one account, fetched once for all its clients and renewed before they expire. */
export function createScanProvider(
  account: AccountSettings,
  options: { environment: Environment | undefined; limits: AwsLimits; now: () => number },
): AwsCredentialIdentityProvider {
  const base = createAmbientProvider(options.environment);
  const { scanRoleArn: roleArn } = account;
  if (roleArn === null) return base;
  let current: Promise<AwsCredentialIdentity> | null = null;
  let renewAtMs = 0;

  return () => {
    if (current !== null && options.now() < renewAtMs) return current;
    const request = {
      account,
      roleArn,
      sessionName: "lockkeeper-scan",
      durationSeconds: SCAN_SESSION_SECONDS,
      policy: formatScanPolicy(roleArn),
    };
    const { limits } = options;
    const asked = assumeRole(request, { base, limits, timeoutMs: limits.requestMs, attempts: limits.scanAttempts });
    current = asked;
    renewAtMs = Number.POSITIVE_INFINITY;
    asked.then(
      (given) => {
        renewAtMs = (given.expiration?.getTime() ?? options.now() + SCAN_SESSION_SECONDS * 1000) - REFRESH_BEFORE_MS;
      },
      () => {
        if (current === asked) current = null;
      },
    );
    return asked;
  };
}

/** Credentials for one unlock in one account, asked for now and never again, that can delete nothing but its halves. */
export async function fetchUnlockCredentials(
  account: AccountSettings,
  options: {
    unlockId: string;
    placed: readonly PlacedHalf[];
    environment: Environment | undefined;
    limits: AwsLimits;
    timeoutMs: number;
  },
): Promise<AwsCredentialIdentity> {
  const base = createAmbientProvider(options.environment);
  const { unlockRoleArn: roleArn } = account;
  if (roleArn === null) return callWithin(options.timeoutMs, () => base());
  const request = {
    account,
    roleArn,
    sessionName: formatSessionName(options.unlockId),
    durationSeconds: WRITE_SESSION_SECONDS,
    policy: formatUnlockPolicy(roleArn, options.placed),
  };
  return assumeRole(request, { base, limits: options.limits, timeoutMs: options.timeoutMs, attempts: 1 });
}

/** Credentials for one restore in one account, that can do nothing but create its halves again. The caller checks for the role. */
export async function fetchRestoreCredentials(
  account: AccountSettings,
  options: {
    restoreId: string;
    placed: readonly PlacedHalf[];
    environment: Environment | undefined;
    limits: AwsLimits;
    timeoutMs: number;
  },
): Promise<AwsCredentialIdentity> {
  const { limits, timeoutMs } = options;
  const base = createAmbientProvider(options.environment);
  const { restoreRoleArn: roleArn } = account;
  if (roleArn === null) return callWithin(timeoutMs, () => base());
  const request = {
    account,
    roleArn,
    sessionName: formatSessionName(options.restoreId),
    durationSeconds: WRITE_SESSION_SECONDS,
    policy: formatRestorePolicy(roleArn, options.placed),
  };
  return assumeRole(request, { base, limits, timeoutMs, attempts: 1 });
}

/** A role session name from an unlock's or a restore's id: 2 to 64 characters that STS accepts. */
export function formatSessionName(id: string): string {
  return `lockkeeper-${id}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}
