import { parseArgs } from "node:util";
import { examineAccount, type Finding } from "#lib/adapters/aws/examine-account.ts";
import { loadConfig } from "#lib/server/config/load-config.ts";
import { listAccounts, listConfiguredSources } from "#lib/server/configured-sources.ts";
import { parseEnv, readVariables } from "#lib/server/env.ts";

const HELP = `Checks that Lockkeeper may do in each account what it needs to: its identity, to list and read each bucket and table, and the
roles that unlock and restore. It asks AWS, and writes or deletes nothing.

  npm run doctor [-- <file>] [-- --account <name>]

Exit code: 0 all is well · 1 something is missing, or the configuration cannot be read
`;

/** Examines one account after the other and says what is missing, with the IAM statement to add. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { account: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const variables = readVariables();
  const parsed = parseEnv(variables);
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const configFile = positionals[0] ?? parsed.env.configFile;
  const loaded = loadConfig({ configFile, isConfigFileNamed: true, variables });
  if (loaded.source !== "file") throw new Error("There is no configuration to check.");

  const accounts = listAccounts(loaded.config).filter(({ name }) => [undefined, name].includes(values.account));
  if (accounts.length === 0) throw new Error(`There is no account "${values.account}" in ${configFile}.`);
  const sources = listConfiguredSources(loaded.config);
  let problems = 0;
  for (const account of accounts) {
    const findings = await examineAccount(
      account,
      sources.filter((source) => source.account.name === account.name),
    );
    process.stdout.write(`${account.name} (${account.id})\n${findings.map(formatFinding).join("")}\n`);
    problems += findings.filter(({ problem }) => problem !== null).length;
  }
  process.stdout.write(problems === 0 ? "All is well.\n" : `${problems} to mend.\n`);
  return problems === 0 ? 0 : 1;
}

function formatFinding({ subject, problem }: Finding): string {
  if (problem === null) return `  ok       ${subject}\n`;
  const statement = problem.statement === null ? "" : `           add: ${problem.statement}\n`;
  return `  MISSING  ${subject}\n           ${problem.message}\n           ${problem.hint}\n${statement}`;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
