/**
 * npm leaves a platform package that its registry mirror lacks out of the lock file, and then refuses `npm ci`.
 * `node scripts/platform-packages.mjs` adds those entries: version, platform, no integrity (npm fetches them on such a machine only).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const OPERATING_SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm64", "x64", "ia32", "arm", "ppc64", "riscv64", "s390x", "wasm32"];

/** The entries that a lock file should have and has not, as path → entry. */
export function missingPlatformPackages(lockfile) {
  const missing = new Map();
  for (const [parentPath, parent] of Object.entries(lockfile.packages)) {
    for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
      const nested = `${parentPath}/node_modules/${name}`;
      const top = `node_modules/${name}`;
      const version = exactVersion(range);
      if (nested in lockfile.packages || top in lockfile.packages || !version || !parentPath) continue;
      missing.set(top, platformEntry(name, version, parent.dev === true));
    }
  }
  return missing;
}

function exactVersion(range) {
  return /^\^?(\d+\.\d+\.\d+(?:-[\w.]+)?)$/.exec(range)?.[1];
}

function platformEntry(name, version, isDev) {
  const words = name.split(/[/-]/);
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  const os = OPERATING_SYSTEMS.filter((system) => words.includes(system));
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(isDev ? { dev: true } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = new URL("../package-lock.json", import.meta.url);
  const lockfile = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingPlatformPackages(lockfile);
  const entries = Object.entries(lockfile.packages).concat([...missing]);
  const [root, ...rest] = entries;
  lockfile.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, "en"))]);
  writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
  process.stdout.write(`package-lock.json: ${missing.size} platform packages added\n`);
}
