import pg from "pg";
import type { Log } from "#lib/services/ports/context.ts";

const CONNECT_TIMEOUT_MS = 2_500;
const QUERY_TIMEOUT_MS = 10_000;

/** Locks over all processes of a database. */
export type SharedLocks = {
  /** Takes a lock without waiting, or resolves with null while somebody else has it, here or in another process. */
  readonly hold: (lock: bigint) => Promise<{ readonly release: () => Promise<void> } | null>;
  readonly close: () => Promise<void>;
};

/**
 * Advisory locks on one connection for all of this process, opened at the first lock: 200 sweeps at once need no more. The
 * server gives them back when the process dies. When the connection is lost they are lost, and what runs goes on.
 */
export function createSharedLocks(url: string, log: Log): SharedLocks {
  const held = new Set<bigint>();
  let opened: Promise<pg.Client> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const forget = (connection: Promise<pg.Client> | null, client?: pg.Client) => {
    if (opened === connection) opened = null;
    client?.end().catch(() => undefined);
  };
  const open = (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: "lockkeeper-leader",
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
    });
    client.on("error", (error) => {
      log.warn({ cause: error.message, locks: held.size }, "the connection of a leader was lost");
      forget(connection, client);
    });
    const connection = client.connect().then(() => client);
    return connection;
  };
  /** One statement at a time: a connection carries out no two. */
  const ask = (statement: string, lock: bigint): Promise<boolean> => {
    const run = async () => {
      opened ??= open();
      const current = opened;
      const client = await current.catch((error: unknown) => {
        forget(current);
        throw error;
      });
      try {
        const { rows } = await client.query<{ is_done: boolean }>(statement, [lock]);
        return rows[0]?.is_done === true;
      } catch (error) {
        forget(current, client);
        throw error;
      }
    };
    const answer = last.then(run);
    last = answer.catch(() => undefined);
    return answer;
  };

  return {
    async hold(lock) {
      // A session is given the same lock twice.
      if (held.has(lock)) return null;
      held.add(lock);
      try {
        if (!(await ask("SELECT pg_try_advisory_lock($1) AS is_done", lock))) {
          held.delete(lock);
          return null;
        }
      } catch (error) {
        held.delete(lock);
        throw error;
      }
      return {
        release: async () => {
          // Whoever cannot give it back has lost the connection, and the lock with it.
          await ask("SELECT pg_advisory_unlock($1) AS is_done", lock).catch(() => false);
          held.delete(lock);
        },
      };
    },
    async close() {
      const current = opened;
      opened = null;
      await current?.then((client) => client.end()).catch(() => undefined);
    },
  };
}
