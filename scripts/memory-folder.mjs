import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SHARED_MEMORY = "/dev/shm";
/** Several embedded databases at once, of 40 MB each, and the profiles of several browsers. */
const FREE_BYTES_MIN = 3 * 1024 ** 3;

/**
 * The folder of this machine whose files are kept in memory, or null where there is none that is large enough and lets programs
 * in it run. What tests write is thrown away, so nothing has to wait for a disk.
 */
export function findMemoryFolder(folder = SHARED_MEMORY, bytesMin = FREE_BYTES_MIN) {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < bytesMin || process.availableMemory() < 2 * bytesMin) return null;
    return letsProgramsRun(folder) ? folder : null;
  } catch {
    return null;
  }
}

/** Terraform runs its providers from where it works, and containers often mount this folder without leave to. */
function letsProgramsRun(folder) {
  const own = mkdtempSync(join(folder, "lockkeeper-probe-"));
  try {
    const program = join(own, "program");
    writeFileSync(program, "#!/bin/sh\nexit 0\n", { mode: 0o700 });
    return spawnSync(program).status === 0;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
