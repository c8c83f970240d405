import { fork } from "node:child_process";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createVirtualTable, type VirtualRead, type VirtualTable, type VirtualTableServer } from "./virtual-table.ts";

/** A virtual DynamoDB in this process, on a clock that its owner advances. */
export type VirtualDynamodb = { readonly url: string; readonly table: VirtualTableServer; readonly stop: () => void };

/** A virtual DynamoDB in its own process, on the real clock, so that its work is not counted as ours. */
export type VirtualDynamodbProcess = {
  readonly url: string;
  /** Serves another table and begins to count anew. */
  readonly serve: (table: Partial<VirtualTable> & { latencyMs?: number }) => Promise<void>;
  readonly counts: () => Promise<DynamodbCounts>;
  readonly stop: () => void;
};

export type DynamodbCounts = VirtualTableServer["counts"] & { reads: VirtualRead[]; locks: string[] };

type Message = { table?: Partial<VirtualTable> & { latencyMs?: number } };
type Answer = { url?: string; counts?: DynamodbCounts };

/** Starts one in this process; `delay` runs before and after each read, and may advance the clock. */
export async function startVirtualDynamodb(
  settings: Partial<VirtualTable>,
  clock: { nowMs: () => number; delay?: () => void | Promise<void> },
): Promise<VirtualDynamodb> {
  const table = createVirtualTable(settings, clock.nowMs);
  const server = serveTable(
    () => table,
    async () => clock.delay?.(),
  );
  const url = await listen(server);
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, table, stop };
}

/** Starts one in a process of its own. */
export async function forkVirtualDynamodb(): Promise<VirtualDynamodbProcess> {
  const child = fork(new URL(import.meta.url), { stdio: "inherit" });
  let onAnswer: PromiseWithResolvers<Answer> = Promise.withResolvers();
  child.on("message", (message: Answer) => onAnswer.resolve(message));
  child.once("exit", () => onAnswer.reject(new Error("The virtual DynamoDB ended.")));
  const { url = "" } = await onAnswer.promise;
  const ask = async (message: Message): Promise<DynamodbCounts> => {
    onAnswer = Promise.withResolvers();
    child.send(message);
    const { counts } = await onAnswer.promise;
    if (counts === undefined) throw new Error("The virtual DynamoDB did not say what it counted.");
    return counts;
  };
  return {
    url,
    async serve(table) {
      await ask({ table });
    },
    counts: () => ask({}),
    stop: () => child.disconnect(),
  };
}

function serveTable(tableNow: () => VirtualTableServer, delay: () => Promise<void>): Server {
  const server = createServer(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const input = JSON.parse(await text(request));
    await delay();
    const { status, body } = tableNow().serve(operation, input);
    await delay();
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "VIRTUAL" });
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname && process.send !== undefined) {
  let table = createVirtualTable({}, () => performance.now());
  let latencyMs = 0;
  const url = await listen(
    serveTable(
      () => table,
      async () => {
        if (latencyMs > 0) await sleep(latencyMs / 2);
      },
    ),
  );
  process.on("message", (message: Message) => {
    if (message.table !== undefined) {
      table = createVirtualTable(message.table, () => performance.now());
      latencyMs = message.table.latencyMs ?? 0;
    }
    process.send?.({ counts: { ...table.counts, reads: table.reads, locks: table.locks() } });
  });
  process.on("disconnect", () => process.exit());
  process.send({ url });
}
