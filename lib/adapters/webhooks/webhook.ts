import { createHmac } from "node:crypto";
import type { AuditLine, Destination } from "#lib/services/ports/trail.ts";
import { type Posted, post } from "./post.ts";

export type WebhookSettings = {
  readonly name: string;
  readonly url: string;
  /** Every one of them signs, so that a receiver can change to a new one without a gap. */
  readonly secrets: readonly string[];
  /** It is in a network that is nobody else's. */
  readonly allowPrivate: boolean;
};

const TIMEOUT_MS = 5_000;

/**
 * Posts lines of the trail as JSONL, signed as Standard Webhooks says: HMAC-SHA256 over `id.timestamp.body`. Only 2xx counts as
 * taken; a redirect is refused, because it would carry the trail to a place that nobody configured.
 */
export function createWebhook(
  settings: WebhookSettings,
  options: { now: () => number; timeoutMs?: number; lookup?: Posted["lookup"] },
): Destination {
  const { name, url, secrets, allowPrivate } = settings;
  return {
    name,
    async send(lines) {
      const body = lines.map(({ line }) => `${line}\n`).join("");
      const id = nameBatch(lines);
      const timestamp = String(Math.floor(options.now() / 1000));
      const status = await post({
        url,
        body,
        allowPrivate,
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        ...(options.lookup !== undefined && { lookup: options.lookup }),
        headers: {
          "content-type": "application/jsonl; charset=utf-8",
          "user-agent": "lockkeeper",
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": secrets.map((secret) => sign(secret, `${id}.${timestamp}.${body}`)).join(" "),
        },
      });
      if (status >= 200 && status < 300) return;
      const isRedirect = status >= 300 && status < 400;
      throw new Error(isRedirect ? `It redirects (${status}), which is refused.` : `It answered ${status}.`);
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
