import { type ApiProblem, isRecord, LOST_ANSWER, parseProblem } from "#components/api/call.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

export type UnlockWish = {
  readonly key: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly reason: string;
};

export type UnlockReply =
  /** A record exists, whatever its outcome. */
  | { readonly kind: "recorded"; readonly record: UnlockView }
  /** Nothing was sent to AWS and nothing recorded. */
  | { readonly kind: "declined"; readonly problem: ApiProblem }
  /** No answer came: what happened is known only to the server. */
  | { readonly kind: "lost"; readonly problem: ApiProblem };

/** A key nobody else will use. `crypto.randomUUID` is missing outside secure contexts, this is not. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Asks for the unlock. With the same key it can be asked again and again: the delete is sent once at most. */
export async function sendUnlock(wish: UnlockWish, idempotencyKey: string): Promise<UnlockReply> {
  try {
    const response = await fetch("/api/v1/unlocks", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(wish),
    });
    return readReply(response.status, await response.json());
  } catch {
    return { kind: "lost", problem: LOST_ANSWER };
  }
}

/** Tells a record from a refusal. A gateway's own error says nothing of what our server did, so it counts as lost. */
export function readReply(status: number, body: unknown): UnlockReply {
  if (isRecorded(body)) return { kind: "recorded", record: body };
  const problem = parseProblem(body, status);
  const isOurs = isRecord(body) && isRecord(body["error"]);
  return isOurs && problem.code !== "unexpected" ? { kind: "declined", problem } : { kind: "lost", problem };
}

/** The record as it is now; null where it could not be read. */
export async function fetchUnlock(id: string): Promise<UnlockView | null> {
  try {
    const response = await fetch(`/api/v1/unlocks/${encodeURIComponent(id)}`, { cache: "no-store" });
    const body: unknown = await response.json();
    return response.ok && isRecorded(body) ? body : null;
  } catch {
    return null;
  }
}

/** Our own server answers whole records or none: an id, an outcome and halves are enough to know one. */
function isRecorded(body: unknown): body is UnlockView {
  return (
    isRecord(body) &&
    typeof body["id"] === "string" &&
    typeof body["outcome"] === "string" &&
    Array.isArray(body["halves"])
  );
}
