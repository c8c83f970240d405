import type { IncomingMessage, ServerResponse } from "node:http";
import { readAwsRequest } from "./aws-request.ts";
import type { Item } from "./dynamodb-tables.ts";
import type { Fault } from "./faults.ts";
import type { BucketOptions, JournalFilter, ListingKnobs, RoleOptions, Sandbox } from "./sandbox.ts";

type Input = Record<string, unknown>;
type Action = (sandbox: Sandbox, input: Input) => unknown;

const PATH = "/_sandbox/";

/** Actions by method and path; the input is JSON, in the body or, for GET, in the query's `input`. */
const ACTIONS: Record<string, Action> = {
  "GET journal": (sandbox, input) => ({ entries: sandbox.journal(filterOf(input)) }),
  "DELETE journal": (sandbox) => sandbox.clearJournal(),
  "POST faults": (sandbox, input) => ({ id: sandbox.addFault(faultOf(input)) }),
  "DELETE faults": (sandbox, input) =>
    input["id"] === undefined ? sandbox.clearFaults() : sandbox.removeFault(text(input, "id")),
  "PUT object": (sandbox, input) => {
    const base64 = optionalText(input, "bodyBase64");
    const body = base64 === undefined ? text(input, "body") : Buffer.from(base64, "base64");
    const etag = optionalText(input, "etag");
    const lastModifiedMs = optionalNumber(input, "lastModifiedMs");
    return sandbox.putObject(text(input, "bucket"), text(input, "key"), body, {
      ...(etag === undefined ? {} : { etag }),
      ...(lastModifiedMs === undefined ? {} : { lastModifiedMs }),
    });
  },
  "GET object": (sandbox, input) => {
    const object = sandbox.getObject(text(input, "bucket"), text(input, "key"));
    return {
      object: object && { ...object, body: undefined, bodyBase64: Buffer.from(object.body).toString("base64") },
    };
  },
  "DELETE object": (sandbox, input) => sandbox.deleteObject(text(input, "bucket"), text(input, "key")),
  "GET versions": (sandbox, input) => ({
    versions: sandbox
      .listVersions(text(input, "bucket"), text(input, "key"))
      .map(({ body, ...version }) => ({ ...version, bodyBase64: Buffer.from(body).toString("base64") })),
  }),
  "PUT item": (sandbox, input) => sandbox.putItem(...tableOf(input), itemOf(input["item"])),
  "GET item": async (sandbox, input) => ({ item: await sandbox.getItem(...tableOf(input), text(input, "lockId")) }),
  "DELETE item": (sandbox, input) => sandbox.deleteItem(...tableOf(input), text(input, "lockId")),
  "POST bucket": (sandbox, input) => sandbox.createBucket(bucketOf(input)),
  "POST table": (sandbox, input) => {
    const [accountId, region, name] = tableOf(input);
    return sandbox.createTable({ accountId, region, name });
  },
  "POST account": (sandbox, input) => sandbox.addAccount({ id: text(input, "id"), name: text(input, "name") }),
  "POST role": (sandbox, input) => sandbox.addRole(roleOf(input)),
  "POST key": (sandbox, input) =>
    sandbox.addAccessKey({
      accessKeyId: text(input, "accessKeyId"),
      secretAccessKey: text(input, "secretAccessKey"),
      accountId: text(input, "accountId"),
      role: optionalText(input, "role") ?? null,
    }),
  "POST listing": (sandbox, input) => sandbox.setListing(listingOf(input)),
  "POST clock": (sandbox, input) => {
    const offsetMs = optionalNumber(input, "offsetMs");
    if (offsetMs !== undefined) sandbox.setClockOffsetMs(offsetMs);
    if (typeof input["isSkewRefused"] === "boolean") sandbox.setSkewRefused(input["isSkewRefused"]);
  },
  "POST latency": (sandbox, input) => sandbox.setLatency(optionalNumber(input, "ms") ?? 0),
};

/** Tells whether a request is for the sandbox itself; no bucket can have this name. */
export function isControlRequest(message: IncomingMessage): boolean {
  return (message.url ?? "").startsWith(PATH);
}

/** Serves one request of the control API, so that a test in another process can drive the sandbox. */
export async function serveControlRequest(
  sandbox: Sandbox,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, value: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value ?? {}));
  };
  const request = await readAwsRequest(message);
  if (request === null) return void message.socket.destroy();
  if (request.headers["origin"] !== undefined) return reply(403, { error: "Web pages may not drive the sandbox." });
  const action = ACTIONS[`${request.method} ${request.rawPath.slice(PATH.length)}`];
  if (action === undefined)
    return reply(404, { error: `No such action; there are: ${Object.keys(ACTIONS).join(", ")}.` });
  try {
    const json = request.method === "GET" ? (request.query.get("input") ?? "{}") : request.body.toString() || "{}";
    reply(200, await action(sandbox, recordOf(JSON.parse(json))));
  } catch (error) {
    reply(400, { error: String(error) });
  }
}

function filterOf(input: Input): JournalFilter {
  const filter: JournalFilter = {};
  const operation = input["operation"];
  if (Array.isArray(operation)) filter.operation = operation.map(String);
  else if (operation !== undefined) filter.operation = String(operation);
  for (const name of ["bucket", "key", "accountId", "role"] as const) {
    const value = optionalText(input, name);
    if (value !== undefined) filter[name] = value;
  }
  const service = optionalText(input, "service");
  if (service === "s3" || service === "sts" || service === "dynamodb") filter.service = service;
  if (typeof input["isWrite"] === "boolean") filter.isWrite = input["isWrite"];
  const afterSeq = optionalNumber(input, "afterSeq");
  if (afterSeq !== undefined) filter.afterSeq = afterSeq;
  return filter;
}

function faultOf(input: Input): Fault {
  if (!isFault(input)) throw new Error("A fault needs a match and an effect with a kind.");
  return input;
}

/** Takes the rest on trust: the control API serves our own tests through the typed client. */
function isFault(value: unknown): value is Fault {
  const input = recordOf(value);
  return typeof input["match"] === "object" && typeof recordOf(input["effect"])["kind"] === "string";
}

function bucketOf(input: Input): BucketOptions {
  const versioning = optionalText(input, "versioning") ?? "off";
  if (versioning !== "enabled" && versioning !== "suspended" && versioning !== "off") {
    throw new Error(`versioning is enabled, suspended or off, not "${versioning}".`);
  }
  return { accountId: text(input, "accountId"), name: text(input, "name"), region: text(input, "region"), versioning };
}

function roleOf(input: Input): RoleOptions {
  const role: RoleOptions = { accountId: text(input, "accountId"), name: text(input, "name") };
  const [externalId, policy] = [optionalText(input, "externalId"), optionalText(input, "policy")];
  const denyReadKeys = optionalText(input, "denyReadKeys");
  if (externalId !== undefined) role.externalId = externalId;
  if (policy !== undefined) role.policy = policy;
  if (Array.isArray(input["allow"])) role.allow = input["allow"].map(String);
  if (denyReadKeys !== undefined) role.denyReadKeys = new RegExp(denyReadKeys, "u");
  return role;
}

function listingOf(input: Input): ListingKnobs {
  const maxKeys = optionalNumber(input, "maxKeys");
  const flags = { shortPages: input["shortPages"] === true, emptyPages: input["emptyPages"] === true };
  return maxKeys === undefined ? flags : { ...flags, maxKeys };
}

function tableOf(input: Input): [accountId: string, region: string, table: string] {
  return [text(input, "accountId"), text(input, "region"), text(input, "table")];
}

function itemOf(value: unknown): Item {
  if (!isItem(value)) throw new Error("An item is an object of DynamoDB attribute values.");
  return value;
}

function isItem(value: unknown): value is Item {
  return Object.values(recordOf(value)).every((attribute) => typeof attribute === "object" && attribute !== null);
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== "string") throw new Error(`"${name}" must be a string.`);
  return value;
}

function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : text(input, name);
}

function optionalNumber(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number") throw new Error(`"${name}" must be a number.`);
  return value;
}

function recordOf(value: unknown): Input {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("A JSON object is wanted.");
  return { ...value };
}
