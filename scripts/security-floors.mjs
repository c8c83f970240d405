import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./child.mjs";
import { ROOT } from "./installation.mjs";

/** Throws a Refusal that names every installed package, of any depth, that is below its lowest safe version. */
export function refuseBelowFloors(root = ROOT, floors = readFloors()) {
  const unsafe = listInstalled(root).flatMap(({ name, version, path }) => {
    const floor = floors[name];
    if (floor === undefined || isAtLeast(version, floor.lowest)) return [];
    return [`${name} ${version} (${path}) is below ${floor.lowest}, the lowest safe version: ${floor.advisory}.`];
  });
  if (unsafe.length === 0) return;
  throw new Refusal(
    [
      "Lockkeeper is not built with packages that are known to be unsafe.",
      ...unsafe,
      "Raise the version in package.json, run npm install and build again. The floors are in scripts/security-floors.json.",
    ].join("\n"),
  );
}

export function readFloors() {
  return JSON.parse(readFileSync(join(ROOT, "scripts", "security-floors.json"), "utf8"));
}

/** npm's own record tells where packages are; what version stands there is read from the package itself. */
function listInstalled(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) throw new Refusal("Nothing is installed yet. Run npm ci and build again.");
  return Object.keys(JSON.parse(readFileSync(record, "utf8")).packages).flatMap((path) => {
    const file = join(root, path, "package.json");
    if (!existsSync(file)) return [];
    const { name, version } = JSON.parse(readFileSync(file, "utf8"));
    return [{ name, version, path }];
  });
}

/**
 * Whether a version is that release or a later one. A pre-release never is: no advisory tells which mends it holds. Nor is
 * what cannot be read.
 */
export function isAtLeast(version, lowest) {
  const [have, want] = [version, lowest].map((text) =>
    /^(\d+)\.(\d+)\.(\d+)(?:\+.*)?$/.exec(text)?.slice(1).map(Number),
  );
  if (!have || !want) return false;
  const differing = want.findIndex((part, index) => part !== have[index]);
  return differing === -1 || have[differing] > want[differing];
}
