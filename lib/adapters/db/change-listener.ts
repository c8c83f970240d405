import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { backOffMs } from "#lib/domain/back-off.ts";
import type { Log } from "#lib/services/ports/context.ts";

const CONNECT_TIMEOUT_MS = 2_500;
const CHECK_EVERY_MS = 15_000;
const CHECK_TIMEOUT_MS = 5_000;
const RECONNECT_MS_MAX = 30_000;

export type ChangeListener = { readonly start: () => void; readonly close: () => Promise<void> };

type Options = {
  readonly url: string;
  readonly channel: string;
  readonly log: Log;
  readonly onNotice: (payload: string) => void;
  /** Something may have been missed: listening began, began again, or does not work here. */
  readonly onMissed: () => void;
};

/** A connection of its own that hears what other processes announce, made again whenever it is lost; nothing before `start`. */
export function createChangeListener(options: Options): ChangeListener {
  const closing = new AbortController();
  let running: Promise<void> | null = null;
  return {
    start: () => {
      running ??= keepListening(options, closing.signal);
    },
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

async function keepListening(options: Options, closing: AbortSignal): Promise<void> {
  let failures = 0;
  while (!closing.aborted) {
    try {
      await listenOnce(options, closing, () => {
        failures = 0;
      });
    } catch (error) {
      failures += 1;
      options.log.warn({ cause: String(error) }, "changes of other replicas are heard late: their connection was lost");
      const waitMs = Math.min(RECONNECT_MS_MAX, backOffMs(failures, Math.random()));
      await pause(waitMs, undefined, { signal: closing, ref: false }).catch(() => undefined);
    }
  }
}

/** Returns when it is to end, and throws when the connection is lost. */
async function listenOnce(options: Options, closing: AbortSignal, onListening: () => void): Promise<void> {
  const { url, channel, onNotice, onMissed } = options;
  const client = new pg.Client({
    connectionString: url,
    application_name: "lockkeeper-changes",
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CHECK_TIMEOUT_MS,
  });
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  client.on("error", lost.reject);
  client.on("end", () => lost.reject(new Error("the server ended the connection")));
  client.on("notification", (message) => {
    if (message.channel === channel) onNotice(message.payload ?? "");
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    onListening();
    onMissed();
    await Promise.race([checkUntil(client, options, closing), lost.promise]);
  } finally {
    // A server that went silent answers no goodbye.
    await Promise.race([client.end().catch(() => undefined), pause(1_000, undefined, { ref: false })]);
  }
}

async function checkUntil(client: pg.Client, { log, onMissed }: Options, closing: AbortSignal): Promise<void> {
  let isWarned = false;
  while (!closing.aborted) {
    await pause(CHECK_EVERY_MS, undefined, { signal: closing, ref: false }).catch(() => undefined);
    if (closing.aborted) return;
    const { rows } = await client.query<{ is_listening: boolean }>(
      "SELECT EXISTS (SELECT FROM pg_listening_channels()) AS is_listening",
    );
    if (rows[0]?.is_listening === true) continue;
    // Behind a pooler each statement may reach another server process, and none of them listens for us.
    onMissed();
    if (!isWarned) log.warn({}, "DATABASE_URL leads through a pooler: changes of other replicas are only looked for");
    isWarned = true;
  }
}
