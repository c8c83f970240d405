import { DescribeTableCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { AppError } from "#lib/services/errors.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import { createScanClients, formatTableName, type ScanClients } from "./account-clients.ts";
import { describeFailure } from "./aws-errors.ts";
import { guardCommands, IDENTITY_RULES } from "./command-guards.ts";
import { createScanProvider, type Environment } from "./credentials.ts";
import { type AwsOperation, formatStatement } from "./iam-statements.ts";
import { AWS_LIMITS, type AwsLimits } from "./limits.ts";
import { createRequestHandler } from "./request-handler.ts";
import { createScanner } from "./source-scanner.ts";
import { callWithin } from "./time-limit.ts";
import { createUnlockGateway } from "./unlock-gateway.ts";

/** One thing that was tried; `problem` is null when it works. */
export type Finding = {
  readonly subject: string;
  readonly problem: { readonly message: string; readonly hint: string; readonly statement: string | null } | null;
};

type Options = { readonly env?: Environment | undefined; readonly limits?: Partial<AwsLimits> | undefined };

/** Nothing is there: AWS says 404 to who may read, and 403 to who may not. */
const PROBE = "lockkeeper-doctor/no-such-lock";
const ACTOR = { kind: "system", name: "scanner" } as const;

/**
 * Tries what Lockkeeper needs in one account: its identity, to list and read each source, and the roles that unlock and
 * restore. Asks only; nothing is written or deleted. Never throws.
 */
export async function examineAccount(
  account: AccountSettings,
  sources: readonly Source[],
  options: Options = {},
): Promise<readonly Finding[]> {
  const limits = { ...AWS_LIMITS, ...options.limits };
  const clients = createScanClients({ environment: options.env, limits, now: Date.now });
  const [first] = sources;
  const findings: Finding[] = [];
  if (first !== undefined) findings.push(await examineIdentity(account, first, { ...options, limits }));
  for (const source of sources) findings.push(...(await examineSource(clients, source, options)));
  findings.push(...(await examineRoles(account, sources, options)));
  return findings;
}

async function examineIdentity(
  account: AccountSettings,
  source: Source,
  { env, limits }: { env?: Environment | undefined; limits: AwsLimits },
): Promise<Finding> {
  const subject = `identity for scans is of account ${account.id}`;
  const client = new STSClient({
    region: account.region,
    credentials: createScanProvider(account, { environment: env, limits, now: Date.now }),
    requestHandler: createRequestHandler({ limits, isReused: false }),
    maxAttempts: limits.scanAttempts,
    ...(account.endpoints.sts === null ? {} : { endpoint: account.endpoints.sts }),
  });
  guardCommands(client.middlewareStack, IDENTITY_RULES);
  try {
    const answer = await callWithin(limits.scanCallMs, (abortSignal) =>
      client.send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    if (answer.Account === account.id) return { subject, problem: null };
    const message = `AWS says that the identity is of account ${answer.Account ?? "unknown"}.`;
    const hint = "Correct the account's id, or scanRoleArn; without a role Lockkeeper's own identity is used.";
    return { subject, problem: { message, hint, statement: null } };
  } catch (thrown) {
    return { subject, problem: describeFailure(thrown, source, operationOf(source)) };
  } finally {
    client.destroy();
  }
}

async function examineSource(clients: ScanClients, source: Source, options: Options): Promise<Finding[]> {
  const { name, account } = source;
  const what = source.kind === "s3" ? `bucket ${name}` : `table ${name}`;
  const tryTo = async (subject: string, operation: AwsOperation, send: () => Promise<unknown>): Promise<Finding> => {
    try {
      await send();
      return { subject: `${what}: ${subject}`, problem: null };
    } catch (thrown) {
      return { subject: `${what}: ${subject}`, problem: describeFailure(thrown, source, operation) };
    }
  };
  const read = await createScanner(options).readHalf(source, probeOf(source));
  const reading = { subject: `${what}: read a lock`, problem: explainRead(read, source) };
  if (source.kind === "s3") {
    const command = new ListObjectsV2Command({
      Bucket: name,
      Prefix: source.prefix,
      MaxKeys: 1,
      ExpectedBucketOwner: account.id,
    });
    return [await tryTo("list", "ListObjectsV2", () => clients.s3(source).send(command)), reading];
  }
  const TableName = formatTableName(source);
  return [
    await tryTo("read its capacity", "DescribeTable", () =>
      clients.dynamodb(source).send(new DescribeTableCommand({ TableName })),
    ),
    await tryTo("scan", "Scan", () => clients.dynamodb(source).send(new ScanCommand({ TableName, Limit: 1 }))),
    reading,
  ];
}

/** Opens a session as an unlock and a restore would, and reads with it what is not there. */
async function examineRoles(
  account: AccountSettings,
  sources: readonly Source[],
  options: Options,
): Promise<readonly Finding[]> {
  const gateway = createUnlockGateway(options);
  const { unlockRoleArn, restoreRoleArn } = account;
  const timeoutMs = options.limits?.requestMs ?? AWS_LIMITS.requestMs;
  const findings: Finding[] = [];
  for (const source of sources) {
    const common = { actor: ACTOR, sources: [source], halves: [probeOf(source)], timeoutMs };
    const tryRole = async (subject: string, open: () => Promise<{ readHalf: Read; close: () => void }>) => {
      try {
        const session = await open();
        const read = await session.readHalf(probeOf(source));
        session.close();
        findings.push({ subject, problem: explainRead(read, source) });
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown;
        findings.push({ subject, problem: { message: thrown.message, hint: thrown.hint, statement: null } });
      }
    };
    const role = (arn: string | null) => (arn === null ? "own identity" : `role ${arn}`);
    await tryRole(`unlock in ${source.name}: ${role(unlockRoleArn)}`, () =>
      gateway.openSession({ unlockId: "doctor", ...common }),
    );
    // Without a role of its own, restoring is off on purpose.
    if (restoreRoleArn === null) continue;
    await tryRole(`restore in ${source.name}: ${role(restoreRoleArn)}`, () =>
      gateway.openRestoreSession({ restoreId: "doctor", ...common }),
    );
  }
  return findings;
}

type Read = (address: HalfAddress) => Promise<HalfRead>;

function explainRead(read: HalfRead, source: Source): Finding["problem"] {
  if (read.kind === "absent" || read.kind === "present") return null;
  const { message, hint } = read;
  const statement = formatStatement(source, source.kind === "s3" ? "GetObject" : "GetItem");
  return { message, hint, statement: read.kind === "denied" ? statement : null };
}

function probeOf(source: Source): HalfAddress {
  const location = source.kind === "s3" ? `${source.prefix}${PROBE}.tflock` : PROBE;
  return { sourceId: source.id, mechanism: source.kind, location };
}

function operationOf(source: Source): AwsOperation {
  return source.kind === "s3" ? "ListObjectsV2" : "Scan";
}
