import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "#lib/services/ports/context.ts";

/** Data files are written back when a checkpoint lets the write-ahead log be reused; pg_control says when that was. */
const CHECKPOINTED_FOLDERS = ["base", "global", "pg_xact", "pg_multixact"];

/**
 * PGlite never calls fsync. This does: the write-ahead log each time, and after a checkpoint the data files too. It is best
 * effort against power loss, never fails, and calls that come while one is running share the next.
 */
export function createDiskFlush(folder: string, log: Log): () => Promise<void> {
  const synced = new Map<string, number>();
  let checkpointMs = 0;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const syncAll = async (): Promise<void> => {
    try {
      const controlMs = (await stat(join(folder, "global", "pg_control"))).mtimeMs;
      const folders = controlMs === checkpointMs ? ["pg_wal"] : ["pg_wal", ...CHECKPOINTED_FOLDERS];
      for (const name of folders) await syncFolder(join(folder, name), synced);
      checkpointMs = controlMs;
    } catch (error) {
      log.warn({ cause: String(error) }, "could not force the embedded database to the disk");
    }
  };

  const start = (): Promise<void> => {
    running = syncAll().finally(() => {
      running = null;
    });
    return running;
  };

  return () => {
    if (running === null) return start();
    next ??= running.then(() => {
      next = null;
      return start();
    });
    return next;
  };
}

async function syncFolder(folder: string, synced: Map<string, number>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  let hasNew = false;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hasNew ||= !synced.has(path);
    await syncIfChanged(path, synced);
  }
  if (hasNew) await sync(folder);
}

async function syncIfChanged(path: string, synced: Map<string, number>): Promise<void> {
  // A file may be removed while the folder is read.
  const found = await stat(path).catch(() => null);
  if (found === null || synced.get(path) === found.mtimeMs) return;
  await sync(path);
  synced.set(path, found.mtimeMs);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r").catch(() => null);
  if (handle === null) return;
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
