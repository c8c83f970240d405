import { createLocalJWKSet, errors, type JSONWebKeySet } from "jose";
import { askKeyServer, type KeyFinder, type KeyServerOptions, type KeyVerdict } from "./key-server.ts";

/** A key that the server withdraws is taken no longer than this, as long as the server can be asked. */
const FRESH_MS = 60 * 60 * 1000;
/** However many tokens name keys that are not in the set, it is asked for only this often. */
const PAUSE_MS = 30 * 1000;
const PAUSE_AFTER_FAILURE_MS = 5 * 1000;

type KeySet = { readonly find: ReturnType<typeof createLocalJWKSet>; readonly readAtMs: number };

/** Finds keys in a JSON Web Key Set, and keeps the set. While the server cannot be asked, the keys it gave before go on working. */
export function createKeySet(url: string, algorithm: "ES256" | "RS256", options: KeyServerOptions): KeyFinder {
  let set: KeySet | null = null;
  let failure: string | null = null;
  let nextAskAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    const read = await readKeySet(url, options.timeoutMs);
    const nowMs = options.now();
    if ("find" in read) set = { find: read.find, readAtMs: nowMs };
    failure = "find" in read ? null : read.failure;
    nextAskAtMs = nowMs + (failure === null ? PAUSE_MS : PAUSE_AFTER_FAILURE_MS);
  }

  async function askUnlessJustAsked(): Promise<void> {
    if (asking === null && options.now() < nextAskAtMs) return;
    asking ??= ask().finally(() => {
      asking = null;
    });
    await asking;
  }

  return async (kid) => {
    if (set === null || options.now() - set.readAtMs > FRESH_MS) await askUnlessJustAsked();
    const known = await findIn(set, kid, algorithm);
    if (known.verdict === "found") return known;
    await askUnlessJustAsked();
    const found = await findIn(set, kid, algorithm);
    // A key that is not there may be one that the server has got since.
    return found.verdict === "unknown" && failure !== null ? { verdict: "unavailable", reason: failure } : found;
  };
}

async function readKeySet(
  url: string,
  timeoutMs: number | undefined,
): Promise<Pick<KeySet, "find"> | { readonly failure: string }> {
  const answer = await askKeyServer(url, timeoutMs);
  if (answer.status === "unavailable") return { failure: answer.reason };
  if (answer.status === "missing") return { failure: "The key server has no keys at the configured URL." };
  try {
    // jose checks the shape, and throws where it is not a key set.
    return { find: createLocalJWKSet(JSON.parse(answer.text) as JSONWebKeySet) };
  } catch {
    return { failure: "The key server's answer is not a set of keys." };
  }
}

async function findIn(set: KeySet | null, kid: string, algorithm: string): Promise<KeyVerdict> {
  if (set === null) return { verdict: "unknown" };
  try {
    return { verdict: "found", key: await set.find({ kid, alg: algorithm }) };
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return { verdict: "unknown" };
    return { verdict: "unavailable", reason: "The key server's key with this id cannot be used." };
  }
}
