import "server-only";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { uptime } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ulid } from "ulid";
import { createBucketSink } from "#lib/adapters/aws/checkpoint-bucket.ts";
import { createThreadedScanner, type ThreadedScanner } from "#lib/adapters/aws/threaded-scanner.ts";
import { createUnlockGateway } from "#lib/adapters/aws/unlock-gateway.ts";
import { createFileSink } from "#lib/adapters/checkpoints/file-sink.ts";
import { createLogSink } from "#lib/adapters/checkpoints/log-sink.ts";
import { type Database, openDatabase } from "#lib/adapters/db/database.ts";
import { announceSigningKey } from "#lib/adapters/db/key-rotation.ts";
import { loadAuditKeys } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { createWebhook } from "#lib/adapters/webhooks/webhook.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import type { Source } from "#lib/domain/source.ts";
import { createTrailMemory } from "#lib/services/audit/trail-memory.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { CheckpointSink } from "#lib/services/ports/trail.ts";
import { nameApprovers } from "./access/name-approvers.ts";
import { openAccess } from "./access/open-access.ts";
import type { Authenticate, Principal } from "./access/principal.ts";
import { rememberRefusals } from "./access/remember-refusals.ts";
import { loadSignInSecret } from "./access/sign-in-secret.ts";
import type { Config } from "./config/config.ts";
import { loadConfig } from "./config/load-config.ts";
import { parseConfig } from "./config/parse-config.ts";
import { formatProblems } from "./config/problem-text.ts";
import { listAccounts, listConfiguredSources } from "./configured-sources.ts";
import { hurryDeliveries } from "./delivery-wake.ts";
import { type Env, readEnv, readVariables } from "./env.ts";
import { setGuardRules } from "./guard-rules.ts";
import { logger } from "./logger.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { startSandboxProcess } from "./sandbox-process.ts";
import { createScanRules } from "./scan-rules.ts";
import { findStartProblems } from "./start-rules.ts";

/** Everything one process of Lockkeeper is made of: built once, shared by pages, routes and jobs. */
export type Runtime = {
  readonly env: Env;
  readonly config: Config;
  readonly isSandbox: boolean;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  readonly sources: readonly Source[];
  readonly scanner: Pick<ThreadedScanner, "stopWaiting" | "close">;
  readonly contextFor: (principal: Principal, requestId: string) => Context;
};

// Route handlers and instrumentation are bundled apart; only globalThis is common to them.
const globals: typeof globalThis & { lockkeeperRuntime?: Promise<Runtime> } = globalThis;

/** The runtime of this process; the first call opens the database and, without a configuration, the sandbox. */
export function getRuntime(): Promise<Runtime> {
  globals.lockkeeperRuntime ??= createRuntime();
  return globals.lockkeeperRuntime;
}

type Setting = {
  readonly config: Config;
  readonly isSandbox: boolean;
  readonly awsEnvironment: Readonly<Record<string, string>> | undefined;
};

async function createRuntime(): Promise<Runtime> {
  const env = readEnv();
  const { config, isSandbox, awsEnvironment } = await readSetting(env);
  const problems = findStartProblems({ env, config: isSandbox ? null : config });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const { mode } = config.access;
  setGuardRules(
    mode === "local" || env.publicUrl === undefined ? { kind: "loopback" } : { kind: "public", origin: env.publicUrl },
  );
  // The sandbox's inventions must never mix with a real trail (docs/decisions/005).
  const dataDir = path.resolve(isSandbox ? path.join(env.dataDir, "sandbox") : env.dataDir);
  if (isSandbox && env.databaseUrl !== undefined) {
    logger.warn("DATABASE_URL is not used for the sandbox: its demo locks stay in a database of their own");
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const migrationsDir = path.resolve("prisma/migrations");
  const databaseUrl = isSandbox ? null : (env.databaseUrl ?? null);
  const database = await openDatabase({
    url: databaseUrl,
    ownerUrl: env.databaseOwnerUrl ?? null,
    dataDir,
    migrationsDir,
    log: logger,
  });
  const keys = await loadAuditKeys(isSandbox ? { pem: null, dataDir } : { ...keySourcesOf(env), dataDir });
  const opened = await openStores(database, keys.signer);
  const stores = { ...opened, rates: rememberRefusals(opened.rates, monotonicMs) };
  await announceSigningKey(database, keys, logger);
  const metrics = createMetrics();
  const aws = awsEnvironment === undefined ? {} : { env: awsEnvironment };
  const sources = listConfiguredSources(config);
  const clock = {
    now: Date.now,
    monotonicMs,
    pause: (ms: number) => pause(ms),
  };
  const { authenticate, ...access } = openAccess(config.access, {
    ...clock,
    ...stores,
    counters: metrics.counters,
    log: logger,
    prisma: database.prisma,
    secret: () => loadSignInSecret({ given: env.secret, database: database.kind, dataDir }),
    publicUrl: env.publicUrl ?? `http://${env.host}:${env.port}`,
    sha256,
  });
  const shared = {
    ...clock,
    ...access,
    sha256,
    policies: config.access.policies,
    nameApprovers: (places: readonly Place[]) => nameApprovers(config.access.rules, places),
    hurryDeliveries,
    newId: () => ulid(),
    newSecret: () => randomBytes(32).toString("base64url"),
    accounts: listAccounts(config),
    sources,
    scanner: createThreadedScanner({ ...aws, log: logger }),
    gateway: createUnlockGateway(aws),
    ...stores,
    checkpointSinks: createCheckpointSinks(config, {
      dataDir,
      databaseUrl,
      origin: stores.audit.signedBy.keyName,
      ...aws,
    }),
    destinations: config.audit.webhooks.map((webhook) => createWebhook(webhook, { now: Date.now })),
    restoreWindowMs: config.restore.windowMs,
    trail: createTrailMemory(),
    scanRuleOf: createScanRules(config.scan, sources),
    sweeps: { running: new Map(), refreshing: new Map() },
    counters: metrics.counters,
  };
  return {
    env,
    config,
    isSandbox,
    database,
    metrics,
    sources: shared.sources,
    scanner: shared.scanner,
    authenticate,
    contextFor: (principal, requestId) => ({
      ...shared,
      ...principal,
      requestId,
      log: logger.child({ requestId, actor: principal.actor }),
    }),
  };
}

/** Counts on while the machine sleeps, unlike performance.now(). */
function monotonicMs(): number {
  return uptime() * 1000;
}

/** Lower-case hex. */
function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function createCheckpointSinks(
  config: Config,
  options: { dataDir: string; databaseUrl: string | null; origin: string; env?: Readonly<Record<string, string>> },
): readonly CheckpointSink[] {
  const { dataDir, databaseUrl, ...rest } = options;
  const local = [createLogSink(logger), createFileSink(dataDir, databaseUrl)];
  const { bucket } = config.audit.checkpoints;
  if (bucket === undefined) return local;
  const { roleArn = null, externalId = null, endpoint = null } = bucket;
  return [...local, createBucketSink({ bucket: { ...bucket, roleArn, externalId, endpoint }, ...rest })];
}

function keySourcesOf({ auditKey, auditKeyFile, auditPreviousKeyFile }: Env) {
  return { pem: auditKey ?? null, keyFile: auditKeyFile ?? null, previousKeyFile: auditPreviousKeyFile ?? null };
}

async function readSetting(env: Env): Promise<Setting> {
  const loaded = loadConfig({ ...env, variables: readVariables() });
  if (loaded.source === "file") return { config: loaded.config, isSandbox: false, awsEnvironment: undefined };
  const sandbox = await startSandboxProcess();
  const parsed = parseConfig(sandbox.configYaml, { fileName: "sandbox", env: {} });
  if (!parsed.ok) throw new Error(formatProblems("sandbox", parsed.problems));
  return {
    config: parsed.config,
    isSandbox: true,
    awsEnvironment: sandbox.credentials,
  };
}
