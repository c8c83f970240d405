import { formatSourceId } from "#lib/domain/source.ts";
import type { ConfigSummary } from "#lib/services/audit/record-config.ts";
import type { AccessConfig } from "./access-config.ts";
import type { AccountConfig, Config, WebhookConfig } from "./config.ts";

type Sha256 = (text: string) => string;

const PART_DIGITS = 16;

/** What of a configuration the audit trail tells: the names of its parts, and digests that show which of them changed. */
export function summariseConfig(config: Config, sha256: Sha256): ConfigSummary {
  const { checkpoints, webhooks } = config.audit;
  const bucket = checkpoints.bucket && hideExternalId(checkpoints.bucket, sha256);
  const described = [
    ...config.accounts.map((account) => [`account ${account.name}`, describeAccount(account, sha256)] as const),
    ["scan", { ...config.scan, ...describeOverrides(config) }] as const,
    ["restore", config.restore] as const,
    ["access", describeAccess(config.access)] as const,
    ["checkpoints", { bucket }] as const,
    ...webhooks.map((webhook) => [`webhook ${webhook.name}`, describeWebhook(webhook)] as const),
  ];
  const parts = Object.fromEntries(
    described.map(([name, value]) => [name, sha256(toCanonicalJson(value)).slice(0, PART_DIGITS)]),
  );
  const sources = config.accounts.flatMap(listSourceIds).toSorted();
  const digest = sha256(toCanonicalJson({ described: Object.fromEntries(described), sources }));
  return { digest, accounts: config.accounts.length, sources, parts };
}

function describeAccount({ buckets: _buckets, tables: _tables, ...account }: AccountConfig, sha256: Sha256) {
  return hideExternalId(account, sha256);
}

/** What single sources have instead of the settings for all; nothing where none has. */
function describeOverrides(config: Config) {
  const sources = config.accounts.flatMap((account) =>
    [...account.buckets, ...account.tables].flatMap(({ name, region, everyMs, requestsPerDay }) =>
      everyMs === undefined && requestsPerDay === undefined
        ? []
        : [{ account: account.name, name, region, everyMs, requestsPerDay }],
    ),
  );
  return sources.length === 0 ? {} : { sources };
}

/** A part for each role and policy would tell who has what: the digest says only that it changed. */
function describeAccess({ oidc, ...access }: AccessConfig) {
  if (oidc === null) return access;
  const { clientSecret: _secret, ...rest } = oidc;
  return { ...access, oidc: rest };
}

/** Of the secrets only how many there are. */
function describeWebhook({ secrets, ...webhook }: WebhookConfig) {
  return { ...webhook, secretCount: secrets.length };
}

function hideExternalId<T extends { readonly externalId?: string }>(value: T, sha256: Sha256) {
  const { externalId, ...rest } = value;
  return externalId === undefined ? rest : { ...rest, externalIdHash: sha256(`external id ${externalId}`) };
}

function listSourceIds({ name: account, buckets, tables }: AccountConfig): string[] {
  return [
    ...buckets.map((bucket) => formatSourceId({ ...bucket, kind: "s3", account })),
    ...tables.map((table) => formatSourceId({ ...table, kind: "dynamodb", account, prefix: "" })),
  ];
}

/** The same text whatever the order in which keys were written. */
function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  });
}
