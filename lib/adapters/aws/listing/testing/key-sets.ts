import { compareUtf8 } from "#lib/domain/utf8-order.ts";

/** For tests: buckets of very different shapes, each of `count` keys in order, about one in a thousand a lock. */
export const KEY_SETS: Readonly<Record<string, (count: number) => string[]>> = {
  mixed: (count) => {
    const logs = range(
      count / 2,
      (i) => `AWSLogs/111122223333/elb/eu-west-1/2026/${pad(1 + (i % 12), 2)}/${pad(i, 7)}.log.gz`,
    );
    const workspaces = range(
      count * 0.4,
      (i) => `env:/workspace-${pad(i >> 1, 6)}/network/terraform.tfstate${i & 1 ? ".backup" : ""}`,
    );
    const teams = range(count * 0.1, (i) => `teams/${TEAMS[i % TEAMS.length]}/service-${i}/prod/terraform.tfstate`);
    return withLocks([...logs, ...workspaces, ...teams]);
  },
  hashes: (count) => withLocks(range(count, (i) => `${hash(i)}${hash(i + 7)}`)),
  numbers: (count) => withLocks(range(count, (i) => `state-${i}`)),
  padded: (count) => withLocks(range(count, (i) => `env:/${pad(i, 9)}/terraform.tfstate`)),
  dates: (count) =>
    withLocks(
      range(
        count,
        (i) => `logs/${new Date(1_700_000_000_000 + i * 450_000).toISOString().replaceAll(/[:T-]/g, "/")}-${hash(i)}`,
      ),
    ),
  fewDirectories: (count) => withLocks(range(count, (i) => `${TEAMS[i % 5]}/${pad(Math.floor(i / 5), 8)}/x.tfstate`)),
  scripts: (count) => withLocks(range(count, (i) => `${SCRIPTS[i % 5]}/${SCRIPTS[(i * 7) % 5]}${hash(i)}/${i}`)),
  words: (count) =>
    withLocks(range(count, (i) => `${range(3, (j) => TEAMS[(i >> (j * 4)) % TEAMS.length]).join("-")}/${i}`)),
};

const TEAMS =
  "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa".split(" ");
const SCRIPTS = ["latin", "日本語", "Ελλάδα", "Россия", "\u{1F680}\u{1F512}"];

function withLocks(keys: string[]): string[] {
  const locks = keys.filter((_, index) => index % 1000 === 500).map((key) => `${key}.tflock`);
  return [...keys, ...locks].sort(compareUtf8);
}

function range<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

/** Spreads numbers evenly, as a hash does. */
function hash(value: number): string {
  let mixed = Math.imul(value + 1, 0x9e3779b1) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
  return ((mixed ^ (mixed >>> 13)) >>> 0).toString(16).padStart(8, "0");
}
