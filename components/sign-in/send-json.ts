import { type ApiProblem, LOST_ANSWER, parseProblem, readJson } from "#components/api/call.ts";

export type Sent<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly problem: ApiProblem };

/** Sends JSON to our own API. Callers name the type that the route answers with. */
export async function sendJson<T>(path: string, body: unknown): Promise<Sent<T>> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return { ok: true, body: await readJson<T>(response) };
    return { ok: false, problem: parseProblem(await response.json().catch(() => null), response.status) };
  } catch {
    return { ok: false, problem: LOST_ANSWER };
  }
}
