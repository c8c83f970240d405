import type { AccountConfig, Config } from "#lib/server/config/config.ts";
import { loadConfig } from "#lib/server/config/load-config.ts";
import { parseEnv, readVariables } from "#lib/server/env.ts";
import { findStartProblems } from "#lib/server/start-rules.ts";

/** Checks a configuration file without starting anything: exit 0 and a summary, or exit 1 and what to correct. */
function main(fileArgument: string | undefined): number {
  const variables = readVariables();
  const parsed = parseEnv(variables);
  if (!parsed.ok) return refuse(parsed.problems.join("\n"));

  const configFile = fileArgument ?? parsed.env.configFile;
  try {
    const loaded = loadConfig({ configFile, isConfigFileNamed: true, variables });
    const problems = loaded.source === "file" ? findStartProblems({ env: parsed.env, config: loaded.config }) : [];
    if (problems.length > 0) return refuse(problems.join("\n"));
    if (loaded.source === "file") process.stdout.write(`OK ${configFile}\n${formatSummary(loaded.config)}\n`);
    return 0;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

// Labels, ids and regions stand on every page anyway; an external id is a secret, so only its presence is told.
function formatSummary(config: Config): string {
  const sources = config.accounts.reduce((sum, account) => sum + account.buckets.length + account.tables.length, 0);
  const accounts = config.accounts.map((account) => {
    const roles = [
      account.scanRoleArn === undefined ? "scan: ambient credentials" : "scan: role",
      account.unlockRoleArn === undefined ? "unlock: ambient credentials" : "unlock: role",
      `restore: ${describeRestore(config, account)}`,
      account.externalId === undefined ? "no external id" : "external id set",
    ];
    const counts = `${count(account.buckets.length, "bucket")}, ${count(account.tables.length, "table")}`;
    return `  ${account.name} (${account.id}, ${account.region}): ${counts}; ${roles.join(", ")}`;
  });
  const total = `${count(config.accounts.length, "account")}, ${count(sources, "source")}`;
  const { bucket } = config.audit.checkpoints;
  const places = ["log", "file", ...(bucket === undefined ? [] : [`bucket ${bucket.name} (${bucket.region})`])];
  const webhooks = config.audit.webhooks.map(({ name, secrets }) => `${name} (${count(secrets.length, "secret")})`);
  return [
    `${total}, scanned every ${config.scan.everyMs / 1000} s, access ${config.access.mode}`,
    ...accounts,
    `  audit: checkpoints to ${places.join(", ")}; webhooks: ${webhooks.join(", ") || "none"}`,
  ].join("\n");
}

function describeRestore(config: Config, account: AccountConfig): string {
  if (config.restore.windowMs === 0) return "off";
  const within = `within ${config.restore.windowMs / 1000} s`;
  if (account.restoreRoleArn !== undefined) return `role, ${within}`;
  return account.unlockRoleArn === undefined ? `ambient credentials, ${within}` : "off, without restoreRoleArn";
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

process.exitCode = main(process.argv[2]);
