import type { Config } from "./config/config.ts";
import { type Env, isLoopbackHost } from "./env.ts";

/** Without a configuration the sandbox runs, which is always for this machine alone. */
export type Setting = { readonly env: Env; readonly config: Config | null };

/** Combinations of environment and configuration that would be dangerous or could not work; none when it may start. */
export function findStartProblems({ env, config }: Setting): readonly string[] {
  const mode = config?.access.mode ?? "local";
  return [...(mode === "local" ? checkLocal(env) : checkShared(env, mode)), ...checkReplicas(env, config)];
}

function checkLocal({ host }: Env): string[] {
  if (isLoopbackHost(host)) return [];
  return [
    "LOCKKEEPER_HOST must be a loopback address in local mode, since whoever reaches it may do everything. Write 127.0.0.1, ::1 or localhost, or choose an access.mode in which people sign in.",
  ];
}

function checkShared({ publicUrl }: Env, mode: string): string[] {
  if (publicUrl === undefined) {
    return [
      `PUBLIC_URL must be set in the mode ${mode}: it is the address that people open, and no other is answered. Write one such as https://lockkeeper.example.`,
    ];
  }
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === "https:" || isLoopbackHost(hostname.replace(/^\[(.*)\]$/, "$1"))) return [];
  return [
    `PUBLIC_URL must be https in the mode ${mode}, since sessions would travel in the clear. Write https://, or http://localhost for a trial on this machine.`,
  ];
}

function checkReplicas({ replicas, databaseUrl }: Env, config: Config | null): string[] {
  if (replicas === 1 || (databaseUrl !== undefined && config !== null)) return [];
  return [
    "LOCKKEEPER_REPLICAS must be 1 with the embedded database, which only one process can have. Set DATABASE_URL to a PostgreSQL server.",
  ];
}
