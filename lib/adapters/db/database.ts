import type { PGlite } from "@electric-sql/pglite";
import type { Log } from "#lib/services/ports/context.ts";
import type { DatabaseChanges } from "./change-feed.ts";
import { openEmbedded } from "./embedded.ts";
import type { PrismaClient } from "./generated/client.ts";
import { openPostgres } from "./postgres.ts";

/** An open database whose migrations are all applied. */
export type Database = {
  readonly kind: "postgresql" | "embedded";
  readonly prisma: PrismaClient;
  /** What pg-boss needs to keep its jobs in the same database. */
  readonly jobs: { readonly pglite: PGlite } | { readonly connectionString: string; readonly isInstalled: boolean };
  /** Throws AppError `unavailable` unless the database answers and has every migration of this version. */
  readonly check: () => Promise<void>;
  /** Forces what was committed to the disk where the database itself does not (embedded); never throws. */
  readonly flush: () => Promise<void>;
  /** Tells readers, here and in other processes, that sightings or sources changed. */
  readonly changes: DatabaseChanges;
  /** Takes a lock over all processes of this database without waiting, or null; null itself where there is only this process. */
  readonly holdLock: ((lock: bigint) => Promise<{ readonly release: () => Promise<void> } | null>) | null;
  /** How long a person may wait for one answer before it counts as down; null where it cannot fall silent. */
  readonly answerMsMax: number | null;
  /** What to do when it fails, for error messages. */
  readonly hint: string;
  readonly close: () => Promise<void>;
};

export type DatabaseOptions = {
  /** PostgreSQL to use; null for an embedded database in `<dataDir>/database`. */
  readonly url: string | null;
  /** The owner of the tables, who migrates; null where the role of `url` does it itself. */
  readonly ownerUrl?: string | null;
  readonly dataDir: string;
  /** prisma/migrations of this version, as a path from the working directory. */
  readonly migrationsDir: string;
  readonly log: Log;
};

/** Opens the database and brings its schema up to date. Throws AppError `unavailable` with what to do about it. */
export function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url === null
    ? openEmbedded(options)
    : openPostgres({ ...options, url: options.url, ownerUrl: options.ownerUrl ?? null });
}
