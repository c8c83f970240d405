import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { startVirtualDynamodb } from "#bench/virtual-dynamodb.ts";
import { UNKNOWN_CAPACITY } from "./table-capacity.ts";
import { createTableMeters, REST_MS, TableAtRestError } from "./table-meter.ts";
import { makeSource } from "./testing/sandbox-account.ts";

const PROVISIONED = { ...UNKNOWN_CAPACITY, mode: "provisioned", readUnits: 1 } as const;

async function openMeter(pause: (ms: number) => Promise<void>) {
  let nowMs = 0;
  const { url, table, stop } = await startVirtualDynamodb({ readUnits: 1, savedShare: 0 }, { nowMs: () => nowMs });
  onTestFinished(stop);
  const account = {
    ...{ name: "payments", id: "111122223333", region: "eu-west-1", externalId: null },
    ...{ scanRoleArn: null, unlockRoleArn: null, restoreRoleArn: null },
    endpoints: { s3: null, dynamodb: url, sts: null },
  };
  const credentials = { accessKeyId: "AKIAOWN", secretAccessKey: "secret" };
  const client = new DynamoDBClient({ endpoint: url, region: "eu-west-1", credentials });
  const meter = createTableMeters({ monotonicMs: () => nowMs, pause }).of(makeSource(account, "dynamodb", "locks"));
  await meter.capacity(async () => PROVISIONED);
  return {
    table,
    meter,
    advance: (ms: number) => {
      nowMs += ms;
    },
    read() {
      const command = new ScanCommand({ TableName: "locks", Limit: 1 });
      const stack = command.middlewareStack;
      return meter.read({ plannedUnits: 0.5, stack, send: () => client.send(command), unitsOf: () => 0.5 });
    },
  };
}

test("a read that waits for its turn is not sent to a table that has just refused another", async () => {
  const turn = Promise.withResolvers<void>();
  const { table, meter, advance, read } = await openMeter(() => turn.promise);
  const first = read();
  const second = read();

  await expect(first).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
  advance(10_000);
  turn.resolve();

  await expect(second).rejects.toThrow(TableAtRestError);
  expect(table.counts.scans).toBe(1);
  expect(meter.restMs()).toBe(REST_MS - 10_000);
});

test("attempts whose answers were lost are paid for as well", async () => {
  const waits: number[] = [];
  const { meter, advance } = await openMeter(async (ms) => {
    waits.push(ms);
    advance(ms);
  });
  const take = (attempts: number) => {
    const { middlewareStack: stack } = new ScanCommand({ TableName: "locks" });
    const send = async () => ({ $metadata: { attempts } });
    return meter.read({ plannedUnits: 0.5, stack, send, unitsOf: () => 0.5 });
  };

  await take(3);
  await take(1);

  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe((1.5 / 0.25) * 1000);
});

test("a capacity that cannot be asked for now does not undo the last answer", async () => {
  const { meter, advance } = await openMeter(async () => undefined);
  advance(10 * 60_000);

  const capacity = await meter.capacity(async () => UNKNOWN_CAPACITY);

  expect(capacity).toEqual(PROVISIONED);
  expect(meter.rate().unitsPerSecond).toBe(0.25);
});

test("a capacity is asked for once by all who need it, and again by the next when that failed", async () => {
  const { meter, advance } = await openMeter(async () => undefined);
  advance(10 * 60_000);
  const answer = Promise.withResolvers<typeof PROVISIONED>();
  let asked = 0;
  const ask = () => {
    asked += 1;
    return answer.promise;
  };
  const both = Promise.allSettled([meter.capacity(ask), meter.capacity(ask)]);
  answer.reject(new Error("nobody there"));

  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(asked).toBe(1);
  await meter.capacity(async () => {
    asked += 1;
    return PROVISIONED;
  });
  expect(asked).toBe(2);
});
