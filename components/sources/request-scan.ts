import { type ApiProblem, LOST_ANSWER, parseProblem } from "#components/api/call.ts";

/** Asks for a sweep of one source, or of all; null when it was taken. The sweep goes on without this page. */
export async function requestScan(sourceId: string | null): Promise<ApiProblem | null> {
  try {
    const response = await fetch("/api/v1/scans", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(sourceId === null ? {} : { source: sourceId }),
    });
    return response.ok ? null : parseProblem(await response.json().catch(() => null), response.status);
  } catch {
    return LOST_ANSWER;
  }
}
