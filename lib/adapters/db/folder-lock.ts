import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#lib/services/errors.ts";
import { isAlive, type ProcessIdentity, readBootId, readStartTime } from "./process-identity.ts";

const ATTEMPTS_MAX = 5;

/**
 * Keeps every other process out of an embedded database, which two of them would corrupt without any error. Each process
 * announces itself with a file of its own and then looks for others, so there is never a file to steal: of two that start
 * at once at least one sees the other and withdraws. Throws AppError `unavailable` naming the process that holds it.
 */
export async function lockFolder(folder: string): Promise<{ readonly release: () => Promise<void> }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const own = await announce(folder);
    const other = await findOther(folder, own);
    if (other === null) return { release: () => remove(folder, own) };
    await remove(folder, own);
    if (attempt === ATTEMPTS_MAX) throw refusal(folder, other);
    // Two that started together withdrew together: meet again at different times.
    await sleep(20 + Math.random() * 100);
  }
}

type Other = { readonly file: string; readonly identity: ProcessIdentity | null };

/** The file appears complete or not at all, because linking is atomic and writing is not. */
async function announce(folder: string): Promise<string> {
  const name = `${process.pid}-${randomUUID()}`;
  const draft = join(folder, `${name}.draft`);
  const identity: ProcessIdentity = {
    pid: process.pid,
    startTime: await readStartTime(process.pid),
    bootId: await readBootId(),
    host: hostname(),
  };
  const handle = await open(draft, "wx", 0o600);
  await handle.writeFile(JSON.stringify(identity));
  await handle.sync();
  await handle.close();
  await link(draft, join(folder, `${name}.lock`));
  await unlink(draft);
  return `${name}.lock`;
}

async function findOther(folder: string, own: string): Promise<Other | null> {
  for (const file of await readdir(folder)) {
    if (file === own || !file.endsWith(".lock")) continue;
    const identity = await readIdentity(join(folder, file));
    if (identity === "gone") continue;
    if (identity === null || (await isAlive(identity))) return { file, identity };
    await remove(folder, file);
  }
  return null;
}

async function readIdentity(path: string): Promise<ProcessIdentity | null | "gone"> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return "gone";
  try {
    const parsed: Partial<ProcessIdentity> = JSON.parse(text);
    const { pid, startTime = null, bootId = null, host } = parsed;
    return typeof pid === "number" && typeof host === "string" ? { pid, startTime, bootId, host } : null;
  } catch {
    return null;
  }
}

async function remove(folder: string, file: string): Promise<void> {
  await unlink(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

function refusal(folder: string, other: Other): AppError {
  const path = join(resolve(folder), other.file);
  const { identity } = other;
  if (identity !== null && identity.host === hostname()) {
    const whose = identity.pid === process.pid ? "This process" : `Process ${identity.pid}`;
    return new AppError(`${whose} already uses the embedded database in ${resolve(folder, "..")}.`, {
      code: "unavailable",
      hint: "Stop it, set LOCKKEEPER_DATA_DIR to another folder, or set DATABASE_URL to a PostgreSQL server, which several processes may share.",
    });
  }
  const whose = identity === null ? "Something" : `Process ${identity.pid} on ${identity.host}`;
  return new AppError(`${whose} has locked the embedded database in ${resolve(folder, "..")}.`, {
    code: "unavailable",
    hint: `Whether it still runs cannot be seen from here. Make sure that it does not, then delete ${path}.`,
  });
}
