import "server-only";
import { fromPglite, PgBoss } from "pg-boss";
import type { Database } from "./database.ts";

const CONNECTIONS_MAX = 4;
/** How often it is looked for jobs whose process died, and for old ones to delete. */
const WATCHES = { superviseIntervalSeconds: 10, monitorIntervalSeconds: 10, maintenanceIntervalSeconds: 300 };
/** Nobody else could take a job up, and there is one connection. */
const EMBEDDED_WATCHES = { superviseIntervalSeconds: 60, monitorIntervalSeconds: 60, maintenanceIntervalSeconds: 300 };

/** A pg-boss that keeps its jobs in our database, in a schema of its own; not started yet. */
export function createJobQueue(database: Database): PgBoss {
  if ("pglite" in database.jobs) {
    return new PgBoss({
      db: fromPglite(database.jobs.pglite),
      backend: "pglite",
      persistQueueStats: false,
      ...EMBEDDED_WATCHES,
    });
  }
  const { connectionString, isInstalled } = database.jobs;
  return new PgBoss({
    connectionString,
    ...WATCHES,
    ...(isInstalled ? { migrate: false, createSchema: false, persistQueueStats: false } : {}),
    application_name: "lockkeeper-jobs",
    max: CONNECTIONS_MAX,
  });
}
