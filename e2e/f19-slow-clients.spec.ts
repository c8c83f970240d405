import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, testIn } from "./fixtures.ts";
import { sendRaw } from "./raw-request.ts";
import type { World } from "./world.ts";

/** Enough to see it in every run; the environment variable asks for more, and for the figures. */
const ASKED_FOR = process.env["LOCKKEEPER_SLOW_CLIENTS"];
const CLIENTS = Number(ASKED_FOR ?? 300);
const HEALTH_CHECKS = 60;
/** Far above what a busy machine needs, far below what a client waits for that is held up. */
const HEALTH_MS_MAX = 3_000;

const test = testIn();

const STARTS = {
  "headers that never end": "GET /api/v1/locks HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
  "bodies that never end":
    "POST /api/v1/scans HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  "nothing at all": "",
};

for (const [name, start] of Object.entries(STARTS)) {
  test(`clients that send ${name} keep no health check and no page waiting`, async ({ world }) => {
    test.setTimeout(120_000);
    const clients = await connectAll(world, start);
    const dripping = setInterval(() => {
      for (const client of clients) if (start !== "" && !client.destroyed) client.write("x");
    }, 500);

    const tookMs = await timeHealth(world);
    const list = await sendRaw(world.product.url, { method: "GET", path: "/api/v1/locks" });
    const closed = clients.filter((client) => client.destroyed).length;
    clearInterval(dripping);
    for (const client of clients) client.destroy();

    const [median, p95, longest] = [0.5, 0.95, 1].map((part) => tookMs[Math.ceil(tookMs.length * part) - 1] ?? 0);
    if (ASKED_FOR !== undefined) {
      const times = [median, p95, longest].map((each) => `${each?.toFixed(1)} ms`).join(", ");
      process.stdout.write(`${CLIENTS} clients, ${name}: health ${times} (median, p95, longest); ${closed} closed\n`);
    }
    expect(longest).toBeLessThan(HEALTH_MS_MAX);
    expect(list.status).toBe(200);
  });
}

// Half a minute long, so only where the figures are asked for; that the limits are set is tested beside the code.
const figuresTest = ASKED_FOR === undefined ? () => undefined : test;
figuresTest("a client that is slow with its headers is told so, and closed, within a minute", async ({ world }) => {
  test.setTimeout(90_000);
  const [client] = await connectAll(world, STARTS["headers that never end"], 1);
  const answer: Buffer[] = [];
  client?.on("data", (chunk: Buffer) => answer.push(chunk));

  // Node looks every 30 seconds for who is beyond the 15.
  if (client !== undefined) await once(client, "close", { signal: AbortSignal.timeout(60_000) });

  expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1\.1 408 /);
});

async function connectAll(world: World, start: string, count: number = CLIENTS): Promise<readonly Socket[]> {
  const { hostname, port } = new URL(world.product.url);
  // The limits hold from the first request on.
  await sendRaw(world.product.url, { method: "GET", path: "/healthz" });
  const clients: Socket[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = connect(Number(port), hostname);
    client.on("error", () => undefined).resume();
    await once(client, "connect");
    if (start !== "") client.write(start);
    clients.push(client);
  }
  return clients;
}

/** What health checks took, each on a connection of its own, from the shortest to the longest. */
async function timeHealth(world: World): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let check = 0; check < HEALTH_CHECKS; check += 1) {
    const startedMs = performance.now();
    const { status } = await sendRaw(world.product.url, {
      method: "GET",
      path: "/healthz",
      headers: { connection: "close" },
    });
    tookMs.push(performance.now() - startedMs);
    expect(status).toBe(200);
  }
  return tookMs.toSorted((one, other) => one - other);
}
