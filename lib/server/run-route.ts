import "server-only";
import { unstable_rethrow } from "next/navigation";
import { ulid } from "ulid";
import type { z } from "zod";
import { AppError, type AppErrorCode } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { BODY_BYTES_MAX, describeTooLarge } from "./body-limit.ts";
import { logger } from "./logger.ts";
import { guardProbe, guardRequest } from "./request-guard.ts";
import { getRuntime, type Runtime } from "./runtime.ts";

const STATUS_OF: Readonly<Record<AppErrorCode, number>> = {
  invalid: 422,
  too_large: 413,
  not_found: 404,
  refused: 403,
  unauthenticated: 401,
  sign_in_again: 403,
  too_many: 429,
  changed: 409,
  in_progress: 409,
  already_gone: 410,
  unavailable: 503,
  unexpected: 500,
};

/**
 * Answers one API request of somebody who has signed in: guarded, every error as `{ error: { code, message, hint, requestId } }`,
 * and nothing of an unexpected error but its request id.
 */
export function runRoute(request: Request, handle: (ctx: Context) => Promise<Response>): Promise<Response> {
  return answer(request, async (runtime, requestId) => {
    const principal = await runtime.authenticate(request.headers);
    if (principal === null) throw unauthenticated();
    const ctx = runtime.contextFor(principal, requestId);
    try {
      return await handle(ctx);
    } catch (error) {
      unstable_rethrow(error);
      return answerError(error, requestId, ctx.log);
    }
  });
}

/** The same for what anybody may ask, such as to sign in. Nothing is known of who asks. */
export function runOpenRoute(request: Request, handle: Handle): Promise<Response> {
  return answer(request, handle);
}

/** The same for a probe of an orchestrator. */
export function runProbe(request: Request, handle: Handle): Promise<Response> {
  return answer(request, handle, guardProbe);
}

type Handle = (runtime: Runtime, requestId: string) => Promise<Response>;

async function answer(request: Request, handle: Handle, guard = guardRequest): Promise<Response> {
  const requestId = ulid();
  try {
    const verdict = guard(request);
    if (verdict.verdict === "refuse") throw new AppError(verdict.message, { code: "refused", hint: verdict.hint });
    return withHeaders(await handle(await getRuntime(), requestId), requestId);
  } catch (error) {
    unstable_rethrow(error);
    return withHeaders(answerError(error, requestId), requestId);
  }
}

function unauthenticated(): AppError {
  return new AppError("Nobody is signed in.", {
    code: "unauthenticated",
    hint: "Sign in at /sign-in, or send a token as Authorization: Bearer.",
  });
}

/** An error as the API tells it; `log` knows who asked, where that is known. */
export function answerError(
  error: unknown,
  requestId: string,
  log: Context["log"] = logger.child({ requestId }),
): Response {
  if (error instanceof AppError) {
    const { code, message, hint, retryInMs } = error;
    if (code === "unavailable" || code === "unexpected")
      log.error({ code, cause: String(error.cause ?? message) }, message);
    const headers: HeadersInit = retryInMs === null ? {} : { "retry-after": String(Math.ceil(retryInMs / 1000)) };
    return Response.json({ error: { code, message, hint, requestId } }, { status: STATUS_OF[code], headers });
  }
  log.error({ cause: error instanceof Error ? error.stack : String(error) }, "a request failed unexpectedly");
  const message = "Something failed that should not.";
  const hint = `Look for request ${requestId} in the log of the server.`;
  return Response.json({ error: { code: "unexpected", message, hint, requestId } }, { status: 500 });
}

function withHeaders(response: Response, requestId: string): Response {
  response.headers.set("x-request-id", requestId);
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store");
  return response;
}

/**
 * The JSON body of a request after its schema; throws `invalid` naming each field that is wrong, and `too_large`. An empty body
 * reads as `{}`.
 */
export async function readBody<T>(request: Request, schema: z.ZodType<T>, bytesMax = BODY_BYTES_MAX): Promise<T> {
  const text = await readText(request, bytesMax);
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new AppError("The body is not JSON.", { code: "invalid", hint: "Send one JSON object.", cause });
  }
  return parseInput(value, schema);
}

/** Any input after its schema; throws `invalid` naming each field that is wrong. */
export function parseInput<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new AppError(`${problems.slice(0, 5).join("; ")}.`, {
    code: "invalid",
    hint: "See the API section of the README for the fields.",
  });
}

async function readText(request: Request, bytesMax: number): Promise<string> {
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > bytesMax) {
      const { message, hint } = describeTooLarge(bytesMax);
      throw new AppError(message, { code: "too_large", hint });
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
