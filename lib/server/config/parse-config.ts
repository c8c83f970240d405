import type { z } from "zod";
import { parseDuration } from "#lib/domain/duration.ts";
import { DEFAULT_SCAN_RULE } from "#lib/domain/scan-schedule.ts";
import { toAccessConfig } from "./access-config.ts";
import { checkAccess } from "./access-rules.ts";
import { AccessSchema } from "./access-schema.ts";
import { type AccountInput, checkAccounts } from "./account-rules.ts";
import { checkAudit } from "./audit-rules.ts";
import { AuditSchema } from "./audit-schema.ts";
import type { AccountConfig, AuditConfig, Config, ConfigProblem, ScanConfig, SourceScanConfig } from "./config.ts";
import { problemsOfIssue } from "./issue-problems.ts";
import { formatPath } from "./problem-text.ts";
import { type ReferenceSources, resolveReferences } from "./references.ts";
import { AccountSchema, ConfigSchema } from "./schema.ts";
import { type Path, parseYaml, type YamlSource } from "./yaml-source.ts";

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly fileName: string; readonly problems: readonly ConfigProblem[] };

const SCAN_EVERY_MS_DEFAULT = DEFAULT_SCAN_RULE.everyMs;
const SCAN_COLD_EVERY_MS_DEFAULT = DEFAULT_SCAN_RULE.coldEveryMs;
const RESTORE_WINDOW_MS_DEFAULT = 15 * 60_000;

type ScanInput = NonNullable<z.infer<typeof ConfigSchema>["scan"]>;

/** Reads a configuration text, with every default filled in, or says all that is wrong with it; never throws. */
export function parseConfig(text: string, options: ReferenceSources & { readonly fileName: string }): ParsedConfig {
  const yaml = parseYaml(text);
  if (!yaml.ok) return { ok: false, fileName: options.fileName, problems: yaml.problems };

  const resolved = resolveReferences(yaml.source.value, options);
  const parsed = ConfigSchema.safeParse(resolved.value);
  const problems = collectProblems(yaml.source, resolved, parsed);

  if (problems.length > 0 || !parsed.success) return { ok: false, fileName: options.fileName, problems };
  return { ok: true, config: toConfig(parsed.data) };
}

function collectProblems(
  source: YamlSource,
  resolved: ReturnType<typeof resolveReferences>,
  parsed: z.ZodSafeParseResult<unknown>,
): readonly ConfigProblem[] {
  const references = resolved.problems.map((problem) => place(source, problem));
  // A value whose reference is missing would fail its own rule too; one complaint is enough.
  const broken = new Set(references.map((problem) => problem.path));
  const issues = (parsed.error?.issues ?? []).flatMap((issue) => problemsOfIssue(issue, source));
  const brokenRules = [
    ...checkAccounts(parseAccounts(resolved.value)),
    ...checkAudit(parsePart(resolved.value, "audit", AuditSchema)),
    ...checkAccess(parsePart(resolved.value, "access", AccessSchema)),
  ];
  const rules = brokenRules.map((rule) => {
    const hint = rule.twin ? `${rule.hint}: the first is in line ${source.positionOf(rule.twin).line}.` : rule.hint;
    return place(source, { ...rule, hint });
  });
  return [...references, ...[...issues, ...rules].filter((problem) => !broken.has(problem.path))].sort(
    (left, right) => left.line - right.line || left.column - right.column,
  );
}

// Rules over several fields are checked for each account that is sound, so that one slip does not hide the rest.
function parseAccounts(value: unknown): readonly (AccountInput | undefined)[] {
  const accounts = typeof value === "object" && value !== null && "accounts" in value ? value.accounts : undefined;
  return Array.isArray(accounts) ? accounts.map((account) => AccountSchema.safeParse(account).data) : [];
}

function parsePart<T>(value: unknown, name: "audit" | "access", schema: z.ZodType<T>): T | undefined {
  const part =
    typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
  return schema.safeParse(part).data;
}

function place(source: YamlSource, problem: { path: Path; message: string; hint: string }): ConfigProblem {
  const { path, message, hint } = problem;
  return { ...source.positionOf(path), path: formatPath(path), message, hint };
}

function toConfig(input: z.infer<typeof ConfigSchema>): Config {
  return {
    accounts: input.accounts.map(toAccount),
    scan: toScan(input.scan ?? {}),
    restore: { windowMs: parseDuration(input.restore?.window ?? "") ?? RESTORE_WINDOW_MS_DEFAULT },
    audit: toAudit(input.audit ?? {}),
    access: toAccessConfig(input.access ?? {}),
  };
}

function toScan({ every = "", coldEvery = "", requestsPerDay }: ScanInput): ScanConfig {
  return {
    everyMs: parseDuration(every) ?? SCAN_EVERY_MS_DEFAULT,
    coldEveryMs: parseDuration(coldEvery) ?? SCAN_COLD_EVERY_MS_DEFAULT,
    ...(requestsPerDay !== undefined && { requestsPerDay }),
  };
}

function toSourceScan({ every = "", requestsPerDay }: Omit<ScanInput, "coldEvery">): SourceScanConfig {
  const everyMs = parseDuration(every);
  return { ...(everyMs !== null && { everyMs }), ...(requestsPerDay !== undefined && { requestsPerDay }) };
}

function toAccount(input: AccountInput): AccountConfig {
  const {
    name,
    id,
    region,
    scanRoleArn,
    unlockRoleArn,
    restoreRoleArn,
    externalId,
    sourceIdentity,
    endpoints = {},
  } = input;
  return {
    name,
    id,
    region,
    ...(scanRoleArn !== undefined && { scanRoleArn }),
    ...(unlockRoleArn !== undefined && { unlockRoleArn }),
    ...(restoreRoleArn !== undefined && { restoreRoleArn }),
    ...(externalId !== undefined && { externalId }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    buckets: (input.buckets ?? []).map((bucket) => ({
      name: bucket.name,
      prefix: bucket.prefix ?? "",
      region: bucket.region ?? region,
      ...toSourceScan(bucket),
    })),
    tables: (input.tables ?? []).map((table) => ({
      name: table.name,
      region: table.region ?? region,
      ...toSourceScan(table),
    })),
    endpoints: {
      ...(endpoints.s3 !== undefined && { s3: endpoints.s3 }),
      ...(endpoints.dynamodb !== undefined && { dynamodb: endpoints.dynamodb }),
      ...(endpoints.sts !== undefined && { sts: endpoints.sts }),
    },
  };
}

function toAudit({ checkpoints = {}, ...given }: z.infer<typeof AuditSchema>): AuditConfig {
  const { bucket } = checkpoints;
  const webhooks = (given.webhooks ?? []).map(({ allowPrivate = false, ...webhook }) => ({ ...webhook, allowPrivate }));
  if (bucket === undefined) return { checkpoints: {}, webhooks };
  const { name, region, prefix = "", roleArn, externalId, endpoint } = bucket;
  return {
    checkpoints: {
      bucket: {
        name,
        region,
        prefix,
        ...(roleArn !== undefined && { roleArn }),
        ...(externalId !== undefined && { externalId }),
        ...(endpoint !== undefined && { endpoint }),
      },
    },
    webhooks,
  };
}
