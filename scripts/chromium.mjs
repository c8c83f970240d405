import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { ROOT } from "./installation.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];
const MAC_APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium that is installed, or null. LOCKKEEPER_CHROMIUM goes before all others. */
export function findChromium() {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const candidates = [
    process.env.LOCKKEEPER_CHROMIUM,
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...MAC_APPLICATIONS,
    createRequire(import.meta.url)("@playwright/test").chromium.executablePath(),
  ];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/** Finds a Chromium, or installs one: from Debian's packages as root, else Playwright's own. Null where neither works. */
export function findOrInstallChromium() {
  const found = findChromium();
  if (found) return found;
  process.stdout.write("Installing Chromium for the browser tests …\n");
  if (process.getuid?.() === 0 && succeeds("apt-get", ["--version"])) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    if (succeeds("apt-get", ["update"], { env })) {
      succeeds("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"], { env });
    }
  }
  if (!findChromium()) {
    succeeds(process.execPath, [join(ROOT, "node_modules", "@playwright", "test", "cli.js"), "install", "chromium"]);
  }
  return findChromium();
}

function succeeds(command, args, options = {}) {
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], cwd: ROOT, ...options }).status === 0;
}
