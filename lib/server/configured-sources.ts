import type { AccountSettings } from "#lib/domain/account.ts";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import type { AccountConfig, Config, SourceScanConfig } from "./config/config.ts";

/** The accounts of a configuration, as the adapters know them. */
export function listAccounts(config: Config): readonly AccountSettings[] {
  return config.accounts.map(toAccountSettings);
}

/** The sources of a configuration, in its order. */
export function listConfiguredSources(config: Config): readonly (Source & SourceScanConfig)[] {
  return config.accounts.flatMap((configured) => {
    const account = toAccountSettings(configured);
    const found = [
      ...configured.buckets.map((bucket) => ({ ...bucket, kind: "s3" as const })),
      ...configured.tables.map((table) => ({ ...table, kind: "dynamodb" as const, prefix: "" })),
    ];
    return found.map((source) => ({ ...source, account, id: formatSourceId({ ...source, account: account.name }) }));
  });
}

function toAccountSettings(account: AccountConfig): AccountSettings {
  return {
    name: account.name,
    id: account.id,
    region: account.region,
    scanRoleArn: account.scanRoleArn ?? null,
    unlockRoleArn: account.unlockRoleArn ?? null,
    restoreRoleArn: account.restoreRoleArn ?? null,
    externalId: account.externalId ?? null,
    ...(account.sourceIdentity !== undefined && { sourceIdentity: account.sourceIdentity }),
    endpoints: {
      s3: account.endpoints.s3 ?? null,
      dynamodb: account.endpoints.dynamodb ?? null,
      sts: account.endpoints.sts ?? null,
    },
  };
}
