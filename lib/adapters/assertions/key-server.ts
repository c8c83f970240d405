/** Where a key is looked for: at a key server, or in what it gave before. */
export type KeyVerdict =
  | { readonly verdict: "found"; readonly key: CryptoKey }
  | { readonly verdict: "unknown" }
  | { readonly verdict: "unavailable"; readonly reason: string };

/** Finds the public key with an id. It never rejects. */
export type KeyFinder = (kid: string) => Promise<KeyVerdict>;

export type KeyServerOptions = {
  readonly now: () => number;
  /** For one answer, its body included. */
  readonly timeoutMs?: number;
};

export type KeyServerAnswer =
  | { readonly status: "found"; readonly text: string }
  | { readonly status: "missing" }
  | { readonly status: "unavailable"; readonly reason: string };

const TIMEOUT_MS = 3_000;
const BYTES_MAX = 256 * 1024;
/** Said by a server that is busy, not by one that has no such key. */
const TRY_AGAIN = [408, 425, 429];

/** Asks once, within bounds of time and size. A redirect is refused, because it would take keys from a place that nobody configured. */
export async function askKeyServer(url: string, timeoutMs: number = TIMEOUT_MS): Promise<KeyServerAnswer> {
  try {
    const answer = await fetch(url, {
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
      headers: { "user-agent": "lockkeeper" },
    });
    if (answer.ok) return await readBody(answer);
    // Nobody reads it, and a server that drips must not hold the connection.
    await answer.body?.cancel();
    const isMissing = answer.status >= 400 && answer.status < 500 && !TRY_AGAIN.includes(answer.status);
    return isMissing ? { status: "missing" } : unavailable(`The key server answered ${answer.status}.`);
  } catch (error) {
    return unavailable(describeFetchFailure(error));
  }
}

async function readBody(answer: Response): Promise<KeyServerAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > BYTES_MAX) return unavailable(`The key server answered more than ${BYTES_MAX / 1024} KiB.`);
    chunks.push(chunk);
  }
  return { status: "found", text: Buffer.concat(chunks).toString("utf8") };
}

function describeFetchFailure(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "The key server did not answer in time.";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return `The key server could not be reached${code}.`;
}

function unavailable(reason: string): { readonly status: "unavailable"; readonly reason: string } {
  return { status: "unavailable", reason };
}
