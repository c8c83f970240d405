import { type ApiProblem, LOST_ANSWER, parseProblem, readJson } from "#components/api/call.ts";
import type { MadeToken } from "#lib/domain/access/token-view.ts";
import { type TokenDraft, toBody } from "./token-draft.ts";

const HEADERS = { "content-type": "application/json" };

type Made = { readonly kind: "made"; readonly made: MadeToken };
type Declined = { readonly kind: "declined"; readonly problem: ApiProblem };

/** Makes a token. Where the answer was lost one may have been made: it is in the list then, and nobody has its secret. */
export async function sendToken(draft: TokenDraft): Promise<Made | Declined> {
  try {
    const response = await fetch("/api/v1/tokens", {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(toBody(draft)),
    });
    if (!response.ok) return { kind: "declined", problem: await readProblem(response) };
    return { kind: "made", made: await readJson<MadeToken>(response) };
  } catch {
    return { kind: "declined", problem: LOST_ANSWER };
  }
}

/** Revokes a token; null when that was done. To repeat it does no harm. */
export async function sendRevocation(id: string): Promise<ApiProblem | null> {
  try {
    const response = await fetch(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: "DELETE", headers: HEADERS });
    return response.ok ? null : await readProblem(response);
  } catch {
    return LOST_ANSWER;
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  return parseProblem(await response.json().catch(() => null), response.status);
}
