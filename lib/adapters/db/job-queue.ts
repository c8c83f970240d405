import "server-only";
import { fromPglite, PgBoss } from "pg-boss";
import type { Database } from "./database.ts";

const CONNECTIONS_MAX = 4;

/** A pg-boss that keeps its jobs in our database, in a schema of its own; not started yet. */
export function createJobQueue(database: Database): PgBoss {
  if ("pglite" in database.jobs) {
    return new PgBoss({ db: fromPglite(database.jobs.pglite), backend: "pglite", persistQueueStats: false });
  }
  const { connectionString, isInstalled } = database.jobs;
  return new PgBoss({
    connectionString,
    ...(isInstalled ? { migrate: false, createSchema: false, persistQueueStats: false } : {}),
    application_name: "lockkeeper-jobs",
    max: CONNECTIONS_MAX,
  });
}
