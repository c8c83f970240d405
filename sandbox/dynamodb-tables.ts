import type { Server } from "node:http";
import { Readable } from "node:stream";
import dynalite from "dynalite";
import type { AwsResponse } from "./aws-request.ts";

export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { SS: string[] }
  | { NS: string[] }
  | { L: AttributeValue[] }
  | { M: Record<string, AttributeValue> };
export type Item = Record<string, AttributeValue>;

export type DynamodbTables = ReturnType<typeof createDynamodbTables>;

/** Keeps one DynamoDB for each account and region, so that a table of another account does not exist here. */
export function createDynamodbTables() {
  const stores = new Map<string, Server>();

  function storeOf(accountId: string, region: string): Server {
    const id = `${accountId}/${region}`;
    const known = stores.get(id);
    if (known !== undefined) return known;
    const store = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    stores.set(id, store);
    return store;
  }

  /** Runs one operation and returns the raw answer. */
  function run(accountId: string, region: string, operation: string, body: Buffer): Promise<AwsResponse> {
    return callHandler(storeOf(accountId, region), operation, body);
  }

  /** Runs one operation that must succeed and returns its parsed answer. */
  async function runOrThrow(accountId: string, region: string, operation: string, input: object): Promise<unknown> {
    const answer = await run(accountId, region, operation, Buffer.from(JSON.stringify(input)));
    if (answer.status !== 200) throw new Error(`${operation} failed in the sandbox: ${answer.body.toString()}`);
    return JSON.parse(answer.body.toString());
  }

  return {
    run,
    async createTable(table: { accountId: string; name: string; region: string }): Promise<void> {
      await runOrThrow(table.accountId, table.region, "CreateTable", {
        TableName: table.name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
      });
      for (;;) {
        const answer = await runOrThrow(table.accountId, table.region, "DescribeTable", { TableName: table.name });
        if (JSON.stringify(answer).includes('"TableStatus":"ACTIVE"')) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async putItem(accountId: string, region: string, table: string, item: Item): Promise<void> {
      await runOrThrow(accountId, region, "PutItem", { TableName: table, Item: item });
    },
    async getItem(accountId: string, region: string, table: string, lockId: string): Promise<Item | null> {
      const input = { TableName: table, Key: { LockID: { S: lockId } }, ConsistentRead: true };
      return itemOf(await runOrThrow(accountId, region, "GetItem", input));
    },
    async deleteItem(accountId: string, region: string, table: string, lockId: string): Promise<void> {
      await runOrThrow(accountId, region, "DeleteItem", { TableName: table, Key: { LockID: { S: lockId } } });
    },
  };
}

/** Takes the item out of an answer of DynamoDB. */
export function itemOf(answer: unknown): Item | null {
  if (typeof answer !== "object" || answer === null || !("Item" in answer)) return null;
  return isItem(answer.Item) ? answer.Item : null;
}

function isItem(value: unknown): value is Item {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((attribute) => typeof attribute === "object")
  );
}

/** Calls dynalite's request handler without a socket: it throws for good when a connection breaks. */
function callHandler(store: Server, operation: string, body: Buffer): Promise<AwsResponse> {
  const request = Object.assign(Readable.from([body]), {
    method: "POST",
    url: "/",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/x/dynamodb/aws4_request, SignedHeaders=host, Signature=b",
    },
  });
  return new Promise((resolve) => {
    const headers: Record<string, string> = {};
    const response = {
      statusCode: 200,
      setHeader: (name: string, value: unknown) => {
        headers[name.toLowerCase()] = String(value);
      },
      end: (text?: string) => resolve({ status: response.statusCode, headers, body: Buffer.from(text ?? "") }),
    };
    store.emit("request", request, response);
  });
}
