import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { AccountSettings } from "#lib/domain/account.ts";
import { watchAwsDate } from "./aws-date.ts";
import { guardCommands, STS_RULES } from "./command-guards.ts";
import type { AwsLimits } from "./limits.ts";
import { createRequestHandler } from "./request-handler.ts";
import { callWithin } from "./time-limit.ts";

/** AssumeRole failed; `cause` has STS's answer. Kept apart from failures of the bucket or table itself. */
export class AssumeRoleError extends Error {
  readonly roleArn: string;

  constructor(roleArn: string, options: { cause: unknown }) {
    super("The role could not be assumed.", options);
    this.name = "AssumeRoleError";
    this.roleArn = roleArn;
  }
}

export type RoleRequest = {
  readonly account: AccountSettings;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  /** Who the session is for, as CloudTrail shows it over all roles the session goes through. */
  readonly sourceIdentity?: string | undefined;
  /** A session policy: the session may do no more than both this and its role allow. */
  readonly policy: string | null;
};

/** Assumes a role with the account's external ID, through the account's regional STS. */
export async function assumeRole(
  request: RoleRequest,
  options: { base: AwsCredentialIdentityProvider; limits: AwsLimits; timeoutMs: number; attempts: number },
): Promise<AwsCredentialIdentity> {
  const { account } = request;
  const client = new STSClient({
    region: account.region,
    credentials: options.base,
    maxAttempts: options.attempts,
    retryMode: "standard",
    requestHandler: createRequestHandler({ limits: options.limits, timeoutMs: options.timeoutMs, isReused: false }),
    ...(account.endpoints.sts === null ? {} : { endpoint: account.endpoints.sts }),
  });
  guardCommands(client.middlewareStack, STS_RULES);
  const command = new AssumeRoleCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: request.durationSeconds,
    ...(account.externalId === null ? {} : { ExternalId: account.externalId }),
    ...(request.sourceIdentity === undefined ? {} : { SourceIdentity: request.sourceIdentity }),
    ...(request.policy === null ? {} : { Policy: request.policy }),
  });
  const awsDate = watchAwsDate(command.middlewareStack);
  try {
    const answer = await callWithin(options.timeoutMs, (abortSignal) => client.send(command, { abortSignal }));
    const given = answer.Credentials;
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) {
      throw new SyntaxError("The answer of STS has no credentials.");
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      ...(given.Expiration === undefined ? {} : { expiration: byOurClock(given.Expiration, awsDate()) }),
    };
  } catch (error) {
    throw new AssumeRoleError(request.roleArn, { cause: error });
  } finally {
    client.destroy();
  }
}

/** Where our clock is wrong, what counts is how long the credentials last. */
function byOurClock(expiration: Date, awsDateMs: number | null): Date {
  return awsDateMs === null ? expiration : new Date(Date.now() + expiration.getTime() - awsDateMs);
}
