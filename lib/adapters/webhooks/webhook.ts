import { createHmac } from "node:crypto";
import type { AuditLine, Destination } from "#lib/services/ports.ts";

export type WebhookSettings = {
  readonly name: string;
  readonly url: string;
  /** Every one of them signs, so that a receiver can change to a new one without a gap. */
  readonly secrets: readonly string[];
};

const TIMEOUT_MS = 5_000;

/**
 * Posts lines of the trail as JSONL, signed as Standard Webhooks says: HMAC-SHA256 over `id.timestamp.body`. Only 2xx counts as
 * taken; a redirect is refused, because it would carry the trail to a place that nobody configured.
 */
export function createWebhook(
  settings: WebhookSettings,
  options: { now: () => number; timeoutMs?: number },
): Destination {
  const { name, url, secrets } = settings;
  return {
    name,
    async send(lines) {
      const body = lines.map(({ line }) => `${line}\n`).join("");
      const id = nameBatch(lines);
      const timestamp = String(Math.floor(options.now() / 1000));
      const answer = await fetch(url, {
        method: "POST",
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
        headers: {
          "content-type": "application/jsonl; charset=utf-8",
          "user-agent": "lockkeeper",
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": secrets.map((secret) => sign(secret, `${id}.${timestamp}.${body}`)).join(" "),
        },
      }).catch((error: unknown) => {
        throw new Error(describeFetchFailure(error), { cause: error });
      });
      // Nobody reads it, and a receiver that drips must not hold the connection.
      await answer.body?.cancel();
      if (answer.ok) return;
      const isRedirect = answer.status >= 300 && answer.status < 400;
      throw new Error(
        isRedirect ? `It redirects (${answer.status}), which is refused.` : `It answered ${answer.status}.`,
      );
    },
  };
}

/** The same for a batch that is sent again; another batch never has it, since numbers of the trail never repeat. */
function nameBatch(lines: readonly AuditLine[]): string {
  return `lockkeeper-${lines[0]?.seq ?? 0}-${lines.at(-1)?.seq ?? 0}`;
}

function sign(secret: string, text: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
}

function describeFetchFailure(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "It did not answer in time.";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : null;
  return `It could not be reached${code === null ? "" : ` (${code})`}.`;
}
