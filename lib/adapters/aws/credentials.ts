import { createHash } from "node:crypto";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { AccountSettings } from "#lib/domain/account.ts";
import { type Actor, actorKey, formatActor, identityOf } from "#lib/domain/actor.ts";
import { formatSourceIdentity } from "#lib/domain/source-identity.ts";
import { AssumeRoleError, assumeRole } from "./assume-role.ts";
import { readFailure } from "./aws-failure.ts";
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

/** Credentials for one unlock or restore in one account, and whose name they carry; null where they carry none. */
export type SessionCredentials = {
  readonly credentials: AwsCredentialIdentity;
  readonly sourceIdentity: string | null;
};

type SessionOptions = {
  /** The unlock's or the restore's. */
  readonly id: string;
  readonly actor: Actor;
  readonly placed: readonly PlacedHalf[];
  readonly environment: Environment | undefined;
  readonly limits: AwsLimits;
  readonly timeoutMs: number;
};

/** Credentials for one unlock in one account, asked for now and never again, that can delete nothing but its halves. */
export async function fetchUnlockCredentials(
  account: AccountSettings,
  options: SessionOptions,
): Promise<SessionCredentials> {
  const { unlockRoleArn: roleArn } = account;
  if (roleArn === null) return ambientCredentials(options);
  return assumeForPerson({ account, roleArn, policy: formatUnlockPolicy(roleArn, options.placed) }, options);
}

/** Credentials for one restore in one account, that can do nothing but create its halves again. The caller checks for the role. */
export async function fetchRestoreCredentials(
  account: AccountSettings,
  options: SessionOptions,
): Promise<SessionCredentials> {
  const { restoreRoleArn: roleArn } = account;
  if (roleArn === null) return ambientCredentials(options);
  return assumeForPerson({ account, roleArn, policy: formatRestorePolicy(roleArn, options.placed) }, options);
}

async function ambientCredentials({ environment, timeoutMs }: SessionOptions): Promise<SessionCredentials> {
  const base = createAmbientProvider(environment);
  return { credentials: await callWithin(timeoutMs, () => base()), sourceIdentity: null };
}

/** Tells AWS who the session is for; goes on without where the account permits that and the role's trust policy does not. */
async function assumeForPerson(
  role: { account: AccountSettings; roleArn: string; policy: string },
  { id, actor, environment, limits, timeoutMs }: SessionOptions,
): Promise<SessionCredentials> {
  const mode = role.account.sourceIdentity ?? "whenPermitted";
  const request = { ...role, sessionName: formatSessionName(id), durationSeconds: WRITE_SESSION_SECONDS };
  const assume = (sourceIdentity?: string) =>
    assumeRole(
      { ...request, sourceIdentity },
      { base: createAmbientProvider(environment), limits, timeoutMs, attempts: 1 },
    );
  if (mode === "off") return { credentials: await assume(), sourceIdentity: null };
  const name = formatActor(actor);
  // Of the person at this machine nothing is more certain than the name.
  const identity = identityOf(actor) === null ? name : actorKey(actor);
  const sourceIdentity = formatSourceIdentity({ name, identity }, sha256);
  try {
    return { credentials: await assume(sourceIdentity), sourceIdentity };
  } catch (thrown) {
    const isDenied = thrown instanceof AssumeRoleError && readFailure(thrown.cause).code === "AccessDenied";
    if (mode === "required" || !isDenied) throw thrown;
    return { credentials: await assume(), sourceIdentity: null };
  }
}

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A role session name from an unlock's or a restore's id: 2 to 64 characters that STS accepts. */
export function formatSessionName(id: string): string {
  return `lockkeeper-${id}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}
