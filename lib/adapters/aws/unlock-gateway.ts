import type { AwsCredentialIdentity } from "@smithy/types";
import type { Source } from "#lib/domain/source.ts";
import { AppError } from "#lib/services/errors.ts";
import type { UnlockGateway } from "#lib/services/ports.ts";
import { describeFailure } from "./aws-errors.ts";
import { type Environment, fetchUnlockCredentials } from "./credentials.ts";
import { AWS_LIMITS, type AwsLimits } from "./limits.ts";
import { createUnlockSession, type OpenedSource } from "./unlock-session.ts";

/**
 * Opens unlocks on AWS. Each one assumes the unlock role anew; nothing is kept between unlocks, and nothing is shared with
 * scans. `env` replaces the SDK's search for Lockkeeper's own credentials where it names an access key.
 */
export function createUnlockGateway(
  options: { env?: Environment | undefined; limits?: Partial<AwsLimits> | undefined } = {},
): UnlockGateway {
  const limits = { ...AWS_LIMITS, ...options.limits };

  return {
    async openSession({ unlockId, sources, timeoutMs }) {
      const byAccount = new Map<string, Promise<AwsCredentialIdentity>>();
      const open = async (source: Source): Promise<OpenedSource> => {
        const { account } = source;
        const request = { unlockId, environment: options.env, limits, timeoutMs };
        const asked = byAccount.get(account.name) ?? fetchUnlockCredentials(account, request);
        byAccount.set(account.name, asked);
        try {
          return { source, credentials: await asked };
        } catch (thrown) {
          throw explainRefusal(thrown, source);
        }
      };
      const opened = await Promise.all(sources.map(open));
      return createUnlockSession({ opened, limits, timeoutMs });
    },
    openRestoreSession: () =>
      Promise.reject(new AppError("Restoring is not possible yet.", { code: "refused", hint: "Nothing was written." })),
  };
}

function explainRefusal(thrown: unknown, source: Source): AppError {
  const error = describeFailure(thrown, source, source.kind === "s3" ? "DeleteObject" : "DeleteItem");
  // Without credentials of its own Lockkeeper could not even ask.
  const code = error.code === "role_refused" ? "refused" : "unavailable";
  const statement = error.statement === null ? "" : ` ${error.statement}`;
  const hint = `${error.hint}${statement}`;
  return new AppError(error.message, { code, hint, cause: thrown });
}
