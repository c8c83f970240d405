/** Written for any Node from 20 on: this runs before anything is installed. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal, runChild } from "./child.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const PINNED_NODE = join(ROOT, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const NODE_MAJOR_MIN = 22;

/**
 * Installs what package-lock.json names when it is not there yet, then runs the calling script again on the Node that is
 * part of it. Resolves with `false` where the caller is that second run and should do its work, else with the exit code.
 */
export async function handOverToPinnedNode() {
  if (!isInstalled()) await install();
  const node = await usableNode();
  if (realpathSync(process.execPath) === realpathSync(node)) return false;
  return runChild(node, process.argv.slice(1), { cwd: ROOT, env: { ...process.env, PATH: pathWith(node) } });
}

/** Whether node_modules holds exactly what package-lock.json names, by npm's own record of what it installed. */
export function isInstalled(root = ROOT) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const present = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || entry.link || present[path]?.version === entry.version,
  );
}

function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : null;
}

async function install() {
  process.stdout.write("Installing what package-lock.json names (npm ci) …\n");
  // The folder's own node would vanish under npm while it reinstalls, so npm runs on the system's.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !/node_modules[\\/]\.bin[\\/]?$/.test(entry));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const options = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const code = await runChild("npm", options, { cwd: ROOT, env, shell: process.platform === "win32" });
  if (code !== 0) {
    throw new Refusal(
      `npm ci failed with exit code ${code}. Its message is above; usually the npm registry could not be reached. Correct that and run the command again.`,
    );
  }
}

/** npm can be told not to run install scripts, and the package "node" fetches its binary in one. */
async function usableNode() {
  if (runs(PINNED_NODE)) return PINNED_NODE;
  await runChild("npm", ["rebuild", "node", "--ignore-scripts=false"], {
    cwd: ROOT,
    shell: process.platform === "win32",
  });
  if (runs(PINNED_NODE)) return PINNED_NODE;
  if (Number.parseInt(process.versions.node, 10) > NODE_MAJOR_MIN) {
    process.stderr.write(`Node 24 could not be installed from npm; going on with Node ${process.versions.node}.\n`);
    return process.execPath;
  }
  throw new Refusal(
    `Lockkeeper needs Node 24. The npm package "node" should have brought it, but its install script could not fetch the binary for ${process.platform} ${process.arch}. Install Node 24 and run the command again with it.`,
  );
}

function runs(node) {
  return existsSync(node) && spawnSync(node, ["--version"], { stdio: "ignore" }).status === 0;
}

function pathWith(node) {
  return [join(ROOT, "node_modules", ".bin"), join(node, ".."), process.env.PATH].join(delimiter);
}
