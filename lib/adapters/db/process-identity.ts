import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

/** Tells one process from every other, also from a later one with the same number. */
export type ProcessIdentity = {
  readonly pid: number;
  /** Opaque; null where the system does not tell. */
  readonly startTime: string | null;
  readonly bootId: string | null;
  readonly host: string;
};

/** False only when the process is surely gone; what cannot be seen from here counts as alive. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.host !== hostname()) return true;
  const bootId = await readBootId();
  if (bootId !== null && identity.bootId !== null && bootId !== identity.bootId) return false;
  if (!hasProcess(identity.pid)) return false;
  const startTime = await readStartTime(identity.pid);
  return startTime === null || identity.startTime === null
    ? !(await isZombie(identity.pid))
    : startTime === identity.startTime;
}

/** When a process started, as the system counts it; null when it is gone, dead but not reaped, or nobody tells. */
export async function readStartTime(pid: number): Promise<string | null> {
  if (process.platform === "linux") {
    const fields = await readStat(pid);
    return fields === null || isDead(fields) ? null : (fields[19] ?? null);
  }
  if (process.platform === "win32") return null;
  const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.trim() || null;
}

export async function readBootId(): Promise<string | null> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return text.trim() || null;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

async function isZombie(pid: number): Promise<boolean> {
  const fields = await readStat(pid);
  return fields !== null && isDead(fields);
}

/** Fields of /proc/<pid>/stat from the state on; the name before it may contain anything, also spaces and brackets. */
async function readStat(pid: number): Promise<readonly string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return text === null
    ? null
    : text
        .slice(text.lastIndexOf(")") + 2)
        .trim()
        .split(" ");
}

function isDead(fields: readonly string[]): boolean {
  return fields[0] === "Z" || fields[0] === "X";
}
