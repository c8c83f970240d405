import { importSPKI } from "jose";
import { askKeyServer, type KeyFinder, type KeyServerOptions, type KeyVerdict } from "./key-server.ts";

const KEYS_MAX = 16;
const UNKNOWN_KIDS_MAX = 256;
const UNKNOWN_FOR_MS = 60 * 1000;
/** So that forged tokens cannot make this a flood of requests to AWS. */
const ASKING_MAX = 4;

/** Finds a load balancer's keys: one PEM for each id, which never becomes another key. Keys once found go on working. */
export function createAlbKeys(baseUrl: string, options: KeyServerOptions): KeyFinder {
  const keys = new Map<string, KeyVerdict>();
  const unknownUntilMs = new Map<string, number>();
  const asking = new Map<string, Promise<KeyVerdict>>();

  async function ask(kid: string): Promise<KeyVerdict> {
    const read = await readKey(`${baseUrl}/${kid}`, options.timeoutMs);
    if (read.verdict === "found") remember(keys, kid, read, KEYS_MAX);
    if (read.verdict === "unknown") {
      remember(unknownUntilMs, kid, options.now() + UNKNOWN_FOR_MS, UNKNOWN_KIDS_MAX);
    }
    return read;
  }

  return async (kid) => {
    const known = keys.get(kid);
    if (known !== undefined) {
      remember(keys, kid, known, KEYS_MAX);
      return known;
    }
    if (options.now() < (unknownUntilMs.get(kid) ?? 0)) return { verdict: "unknown" };
    const asked = asking.get(kid);
    if (asked !== undefined) return asked;
    if (asking.size >= ASKING_MAX) return { verdict: "unavailable", reason: "Too many unknown keys are asked for." };
    const answer = ask(kid).finally(() => asking.delete(kid));
    asking.set(kid, answer);
    return answer;
  };
}

async function readKey(url: string, timeoutMs: number | undefined): Promise<KeyVerdict> {
  const answer = await askKeyServer(url, timeoutMs);
  if (answer.status === "unavailable") return { verdict: "unavailable", reason: answer.reason };
  if (answer.status === "missing") return { verdict: "unknown" };
  try {
    return { verdict: "found", key: await importSPKI(answer.text, "ES256") };
  } catch {
    return { verdict: "unavailable", reason: "The key server's answer is not a P-256 public key." };
  }
}

/** Puts it last, and forgets what was used longest ago. */
function remember<T>(entries: Map<string, T>, kid: string, value: T, countMax: number): void {
  entries.delete(kid);
  entries.set(kid, value);
  for (const oldest of entries.keys()) {
    if (entries.size <= countMax) return;
    entries.delete(oldest);
  }
}
