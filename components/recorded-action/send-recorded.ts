import { type ApiProblem, isRecord, LOST_ANSWER, parseProblem } from "#components/api/call.ts";

/** What every record of an action has. */
export type Recorded = {
  readonly id: string;
  readonly outcome: string;
  readonly halves: readonly unknown[];
};

/** `Other` is what else the server may answer, where there is such a thing. */
export type Reply<R extends Recorded, Other = never> =
  | Other
  /** A record exists, whatever its outcome. */
  | { readonly kind: "recorded"; readonly record: R }
  /** Nothing was written to AWS, and there is no record. */
  | { readonly kind: "declined"; readonly problem: ApiProblem }
  /** No answer came: what happened is known only to the server. */
  | { readonly kind: "lost"; readonly problem: ApiProblem };

/** A key nobody else will use. `crypto.randomUUID` is missing outside secure contexts, this is not. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Asks our own API for an action. With the same key it can be asked again and again: it is carried out once at most. */
export async function sendRecorded<R extends Recorded, Other = never>(
  path: string,
  body: unknown,
  idempotencyKey: string,
  readOther: (body: unknown) => Other | null = () => null,
): Promise<Reply<R, Other>> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    return readOther(answer) ?? readReply<R>(response.status, answer);
  } catch {
    return { kind: "lost", problem: LOST_ANSWER };
  }
}

/** Tells a record from a refusal. A gateway's own error says nothing of what our server did, so it counts as lost. */
export function readReply<R extends Recorded>(status: number, body: unknown): Reply<R> {
  if (isRecorded<R>(body)) return { kind: "recorded", record: body };
  const problem = parseProblem(body, status);
  const isOurs = isRecord(body) && isRecord(body["error"]);
  return isOurs && problem.code !== "unexpected" ? { kind: "declined", problem } : { kind: "lost", problem };
}

/** Our own server answers whole records or none: an id, an outcome and halves are enough to know one. */
export function isRecorded<R extends Recorded>(body: unknown): body is R {
  return (
    isRecord(body) &&
    typeof body["id"] === "string" &&
    typeof body["outcome"] === "string" &&
    Array.isArray(body["halves"])
  );
}
