import { randomUUID } from "node:crypto";
import type { Log } from "#lib/services/ports/context.ts";
import type { ChangeFeed } from "#lib/services/ports/scanning.ts";
import { createChangeHub } from "./change-hub.ts";
import { createChangeListener } from "./change-listener.ts";
import type { Transaction } from "./transaction.ts";

export const CHANNEL = "lockkeeper_changes";

/** How a database tells that sightings or sources changed. */
export type DatabaseChanges = ChangeFeed & {
  /** As part of the transaction that changes them: other processes hear of it if it commits. */
  readonly announce: (tx: Transaction) => Promise<void>;
  /** Once it has committed: for readers in this process, who need no way around through the server. */
  readonly tellHere: () => void;
  readonly close: () => Promise<void>;
};

/** For a database that only this process uses. */
export function createLocalChanges(log: Log): DatabaseChanges {
  const { subscribe, tell } = createChangeHub(log);
  return { subscribe, announce: async () => {}, tellHere: tell, close: async () => {} };
}

/** Over NOTIFY and LISTEN. The connection that listens is opened for the first reader. */
export function createServerChanges(url: string, log: Log): DatabaseChanges {
  const { subscribe, tell } = createChangeHub(log);
  const ownId = randomUUID();
  const listener = createChangeListener({
    url,
    channel: CHANNEL,
    log,
    onNotice: (senderId) => {
      if (senderId !== ownId) tell();
    },
    onMissed: tell,
  });
  return {
    subscribe: (onChange) => {
      listener.start();
      return subscribe(onChange);
    },
    announce: async (tx) => {
      await tx.$executeRaw`SELECT pg_notify(${CHANNEL}, ${ownId})`;
    },
    tellHere: tell,
    close: listener.close,
  };
}
