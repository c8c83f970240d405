import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { type Sandbox, startSandbox } from "./sandbox.ts";

export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";
// biome-ignore lint/style/noProcessEnv: the one place where a run is pointed at another endpoint.
const environment = process.env;
/** Set to run the S3 part against something that is not our sandbox; credentials come from the AWS_* variables. */
const REAL_ENDPOINT = environment["CONFORMANCE_S3_ENDPOINT"];
export const IS_REAL = REAL_ENDPOINT !== undefined;
export const REGION = (IS_REAL && (environment["CONFORMANCE_REGION"] ?? environment["AWS_REGION"])) || "eu-west-1";
export const BUCKET = (IS_REAL && environment["CONFORMANCE_S3_BUCKET"]) || "plain";
/** Optional: without it the tests of versioning are left out of a run against another endpoint. */
export const VERSIONED_BUCKET = (IS_REAL && environment["CONFORMANCE_S3_VERSIONED_BUCKET"]) || "versioned";
export const HAS_VERSIONED = !IS_REAL || environment["CONFORMANCE_S3_VERSIONED_BUCKET"] !== undefined;

export type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
type Options = { keys?: Keys; region?: string; maxAttempts?: number };
export type Target = {
  sandbox: Sandbox;
  s3(options?: Options): S3Client;
  dynamodb(options?: Options): DynamoDBClient;
  sts(options?: Options): STSClient;
  close(): Promise<void>;
};

export const OWNER: Keys = { accessKeyId: "AKIAOWNER", secretAccessKey: "s" };
export const STRANGER: Keys = { accessKeyId: "AKIASTRANGER", secretAccessKey: "s" };

/** Starts the sandbox with one account that owns everything and one that owns nothing of it. */
export async function startTarget(): Promise<Target> {
  const sandbox = await startSandbox();
  sandbox.addAccount({ id: ACCOUNT, name: "owner" });
  sandbox.addAccount({ id: OTHER_ACCOUNT, name: "stranger" });
  sandbox.addAccessKey({ ...OWNER, accountId: ACCOUNT });
  sandbox.addAccessKey({ ...STRANGER, accountId: OTHER_ACCOUNT });
  sandbox.createBucket({ accountId: ACCOUNT, name: "plain", region: REGION });
  sandbox.createBucket({ accountId: ACCOUNT, name: "versioned", region: REGION, versioning: "enabled" });
  sandbox.createBucket({ accountId: ACCOUNT, name: "suspended", region: REGION, versioning: "suspended" });
  await sandbox.createTable({ accountId: ACCOUNT, name: "locks", region: REGION });
  const clients: { destroy(): void }[] = [];
  const config = ({ keys = OWNER, region = REGION, maxAttempts = 1 }: Options, endpoint: string) => ({
    region,
    endpoint,
    maxAttempts,
    ...(IS_REAL && keys === OWNER ? {} : { credentials: keys }),
  });
  const kept = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  return {
    sandbox,
    s3: (options = {}) =>
      kept(new S3Client({ ...config(options, REAL_ENDPOINT ?? sandbox.s3Url), forcePathStyle: true })),
    dynamodb: (options = {}) => kept(new DynamoDBClient(config(options, sandbox.dynamodbUrl))),
    sts: (options = {}) => kept(new STSClient(config(options, sandbox.stsUrl))),
    async close() {
      for (const client of clients) client.destroy();
      await sandbox.close();
    },
  };
}

/** A prefix of its own for each test, so that tests and runs do not meet. */
export function newPrefix(): string {
  return `conformance/${randomUUID()}/`;
}

export type RawAnswer = { status: number; headers: Record<string, unknown>; text: string };

/** Sends one request with the path exactly as given; `fetch` would tidy it up. */
export function sendRaw(
  endpoint: string,
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string; region?: string; accessKeyId?: string } = {},
): Promise<RawAnswer> {
  const { region = REGION, accessKeyId = OWNER.accessKeyId } = options;
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: { authorization, ...options.headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("error", reject);
    sent.end(options.body);
  });
}

/** What a call fails with, or a failure of the test when it succeeds. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; error: Record<string, unknown> }> {
  try {
    await call;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw new Error("Something else than an error was thrown.", { cause: thrown });
    const error: Record<string, unknown> = { ...thrown };
    const metadata = error["$metadata"];
    const status =
      typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
        ? metadata.httpStatusCode
        : undefined;
    return { name: thrown.name, status: typeof status === "number" ? status : undefined, error };
  }
  throw new Error("The call succeeded, and should have failed.");
}
