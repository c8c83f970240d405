import type { AccountSettings } from "#lib/domain/account.ts";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { AppError } from "#lib/services/errors.ts";
import type { UnlockGateway } from "#lib/services/ports/unlocking.ts";
import { describeFailure } from "./aws-errors.ts";
import {
  type Environment,
  fetchRestoreCredentials,
  fetchUnlockCredentials,
  type SessionCredentials,
} from "./credentials.ts";
import type { AwsOperation } from "./iam-statements.ts";
import { AWS_LIMITS, type AwsLimits } from "./limits.ts";
import { createRestoreSession } from "./restore-session.ts";
import type { OpenedSource } from "./session-clients.ts";
import type { PlacedHalf } from "./session-policy.ts";
import { createUnlockSession } from "./unlock-session.ts";

/**
 * Opens unlocks and restores on AWS. Each one assumes its role anew; nothing is kept between them, and nothing is shared with
 * scans. `env` replaces the SDK's search for Lockkeeper's own credentials where it names an access key.
 */
export function createUnlockGateway(
  options: { env?: Environment | undefined; limits?: Partial<AwsLimits> | undefined } = {},
): UnlockGateway {
  const limits = { ...AWS_LIMITS, ...options.limits };
  const environment = options.env;

  return {
    async openSession({ unlockId, actor, sources, halves, timeoutMs }) {
      const opened = await openSources(sources, {
        fetch: (account) => {
          const placed = placeHalves(halves, sources, account);
          return fetchUnlockCredentials(account, { id: unlockId, actor, placed, environment, limits, timeoutMs });
        },
        operations: { s3: "DeleteObject", dynamodb: "DeleteItem" },
      });
      return createUnlockSession({ opened, limits, timeoutMs });
    },
    async openRestoreSession({ restoreId, actor, sources, halves, timeoutMs }) {
      for (const { account } of sources) refuseWithoutRole(account);
      const opened = await openSources(sources, {
        fetch: (account) => {
          const placed = placeHalves(halves, sources, account);
          return fetchRestoreCredentials(account, { id: restoreId, actor, placed, environment, limits, timeoutMs });
        },
        operations: { s3: "PutObject", dynamodb: "PutItem" },
      });
      return createRestoreSession({ opened, halves, limits, timeoutMs });
    },
  };
}

type Opening = {
  readonly fetch: (account: AccountSettings) => Promise<SessionCredentials>;
  readonly operations: Readonly<Record<Source["kind"], AwsOperation>>;
};

/** Fetches credentials once for each account. */
function openSources(sources: readonly Source[], { fetch, operations }: Opening): Promise<OpenedSource[]> {
  const byAccount = new Map<string, Promise<SessionCredentials>>();
  const open = async (source: Source): Promise<OpenedSource> => {
    const { account } = source;
    const asked = byAccount.get(account.name) ?? fetch(account);
    byAccount.set(account.name, asked);
    try {
      return { source, ...(await asked) };
    } catch (thrown) {
      throw explainRefusal(thrown, source, operations[source.kind]);
    }
  };
  return Promise.all(sources.map(open));
}

/** The unlock role is made so that it cannot put, and the ambient identity is not what an account with roles means. */
function refuseWithoutRole(account: AccountSettings): void {
  if (account.restoreRoleArn !== null || account.unlockRoleArn === null) return;
  throw new AppError(`Account ${account.name} has no role that may restore.`, {
    code: "refused",
    hint: "Add restoreRoleArn to the account.",
  });
}

function placeHalves(
  halves: readonly HalfAddress[],
  sources: readonly Source[],
  account: AccountSettings,
): readonly PlacedHalf[] {
  const own = sources.filter((source) => source.account.name === account.name);
  return own.flatMap((source) =>
    halves.filter((half) => half.sourceId === source.id).map((half) => ({ source, half })),
  );
}

function explainRefusal(thrown: unknown, source: Source, operation: AwsOperation): AppError {
  const error = describeFailure(thrown, source, operation);
  // Without credentials of its own Lockkeeper could not even ask.
  const code = error.code === "role_refused" ? "refused" : "unavailable";
  const statement = error.statement === null ? "" : ` ${error.statement}`;
  const hint = `${error.hint}${statement}`;
  return new AppError(error.message, { code, hint, cause: thrown });
}
