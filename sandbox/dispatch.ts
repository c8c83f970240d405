import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type AwsRequest, type AwsResponse, readAwsRequest } from "./aws-request.ts";
import type { SandboxClock } from "./clock.ts";
import { answerDynamodb, describeDynamodb, formatDynamodbError } from "./dynamodb-front.ts";
import type { DynamodbTables } from "./dynamodb-tables.ts";
import type { FaultEffect, Faults } from "./faults.ts";
import type { Authentication, Principal } from "./identities.ts";
import type { Journal, Service } from "./journal.ts";
import { refuseSkewed } from "./request-time.ts";
import { formatS3Error, newHostId, newRequestId } from "./s3-errors.ts";
import { answerS3, describeS3, type S3World } from "./s3-front.ts";
import { answerSts, describeSts, formatStsError } from "./sts.ts";

export type RequestEvent = {
  service: Service;
  operation: string;
  bucket: string | null;
  key: string | null;
  principal: Principal | null;
};
export type RequestHook = (event: RequestEvent, phase: "before" | "after") => void | Promise<void>;

export type World = S3World & {
  tables: DynamodbTables;
  journal: Journal;
  faults: Faults;
  hooks: Set<RequestHook>;
  latencyMs: number;
  clock: SandboxClock;
  /** Aborts when the sandbox closes, so that nothing sleeps on. */
  closing: AbortSignal;
};

/** Serves one AWS request: journal, hooks and latency first, then a fault or the real answer. */
export async function serveAwsRequest(world: World, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readAwsRequest(message);
  if (request === null) {
    message.socket.destroy();
    return;
  }
  const service = serviceOf(request);
  const call = { s3: describeS3, sts: describeSts, dynamodb: describeDynamodb }[service](request);
  const caller = world.identities.authenticate(request);
  const principal = "principal" in caller ? caller.principal : null;
  const entry = world.journal.record({
    service,
    accountId: principal?.accountId ?? null,
    ...call,
    method: request.method,
    headers: request.headers,
    principal,
    ...(service === "s3" ? {} : { body: request.body.toString() }),
  });
  const event = { service, ...call, principal };
  for (const hook of world.hooks) await hook(event, "before");
  if (world.latencyMs > 0) await sleep(world.latencyMs, undefined, { signal: world.closing });

  const effect = world.faults.take(entry);
  if (effect?.kind === "hang") return;
  if (effect?.kind === "drop-before") {
    message.socket.destroy();
    return;
  }
  if (effect?.kind === "delay") await sleep(effect.ms, undefined, { signal: world.closing });
  const answer = insteadOfActing(effect, service, request.method) ?? (await act(world, service, call, request, caller));
  entry.status = answer.status;
  for (const hook of world.hooks) await hook(event, "after");
  if (effect?.kind === "drop-after") {
    message.socket.destroy();
    return;
  }
  answer.headers["date"] = new Date(world.clock.now()).toUTCString();
  await send(response, service, answer, effect?.kind === "drip" ? effect.bytesPerSecond : null, world.closing);
}

async function act(
  world: World,
  service: Service,
  call: { operation: string; bucket: string | null; key: string | null },
  request: AwsRequest,
  caller: Authentication,
): Promise<AwsResponse> {
  const refusal = world.clock.refusesSkew ? refuseSkewed(service, request, world.clock.now()) : null;
  if (refusal !== null) return refusal;
  if (service === "s3") return answerS3(world, call, request, caller);
  if (service === "sts") return answerSts(world.identities, request, caller);
  return answerDynamodb(world, call, request, caller);
}

function insteadOfActing(effect: FaultEffect | null, service: Service, method: string): AwsResponse | null {
  if (effect?.kind === "answer-200") {
    const body = Buffer.from("<!doctype html><title>Welcome to the guest network</title><p>Please sign in.</p>");
    return { status: 200, headers: { "content-type": "text/html" }, body };
  }
  if (effect?.kind !== "status") return null;
  const { status, code, message = "Injected by the sandbox." } = effect;
  if (service === "s3") return formatS3Error({ status, code, message }, method);
  return service === "sts" ? formatStsError(status, code, message) : formatDynamodbError(status, code, message);
}

async function send(
  response: ServerResponse,
  service: Service,
  answer: AwsResponse,
  bytesPerSecond: number | null,
  closing: AbortSignal,
): Promise<void> {
  const ids: Record<string, string> =
    service === "s3"
      ? { server: "AmazonS3", "x-amz-request-id": newRequestId(), "x-amz-id-2": newHostId() }
      : { "x-amzn-requestid": newRequestId() };
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length: Record<string, string> = hasBody ? { "content-length": String(answer.body.length) } : {};
  response.writeHead(answer.status, { ...ids, ...length, ...answer.headers });
  if (bytesPerSecond === null) {
    response.end(answer.body);
    return;
  }
  response.flushHeaders();
  const step = Math.max(1, Math.floor(bytesPerSecond / 10));
  const pauseMs = Math.max(100, 1000 / bytesPerSecond);
  for (let at = 0; at < answer.body.length && !response.destroyed; at += step) {
    if (!response.write(answer.body.subarray(at, at + step))) await once(response, "drain", { signal: closing });
    await sleep(pauseMs, undefined, { signal: closing });
  }
  response.end();
}

/** All three services share one address, told apart as AWS endpoints are: by what was signed for. */
function serviceOf(request: AwsRequest): Service {
  if (request.headers["x-amz-target"] !== undefined) return "dynamodb";
  const signedFor = request.scope?.service;
  if (signedFor === "sts" || signedFor === "dynamodb") return signedFor;
  const isForm = (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return request.rawPath === "/" && request.method === "POST" && isForm ? "sts" : "s3";
}
