/** An error as every API route answers it. */
export type ApiProblem = {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly requestId: string | null;
};

export const LOST_ANSWER: ApiProblem = {
  code: "lost",
  message: "Lockkeeper did not answer.",
  hint: "Check the connection, and that the server runs.",
  requestId: null,
};

/** The JSON of our own API, of the build this page came from; callers name the type that its route answers with. */
export async function readJson<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

/** Reads the error out of an answer; one that carries none (a proxy in between) is described by its status. */
export function parseProblem(body: unknown, status: number): ApiProblem {
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  return {
    code: asText(error["code"]) ?? `http_${status}`,
    message: asText(error["message"]) ?? `The server answered ${status}.`,
    hint: asText(error["hint"]) ?? "Try again; the server's log says more.",
    requestId: asText(error["requestId"]),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
