import { EventEmitter, once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { takeTurns } from "./request-turns.ts";

const PROBE = "/healthz";

describe("in the turns of an event loop", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setImmediate"] }));
  afterEach(() => void vi.useRealTimers());

  /** Lets the server begin what it would in one turn. */
  const turn = () => vi.advanceTimersToNextTimer();

  function open() {
    const server = new EventEmitter();
    const begun: number[] = [];
    const turns = takeTurns(server as Server);
    const ask = (id: number) => {
      const response = new EventEmitter();
      turns.begin(response as ServerResponse, () => begun.push(id));
      return response;
    };
    return { server, begun, ask };
  }

  test("requests begin in the order in which they came, four a turn", () => {
    const { begun, ask } = open();
    for (let id = 0; id < 10; id += 1) ask(id);
    expect(begun).toEqual([]);

    const after = [1, 2, 3].map(() => {
      turn();
      return begun.length;
    });

    expect(after).toEqual([4, 8, 10]);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a request whose client has gone never begins", () => {
    const { begun, ask } = open();
    const responses = [0, 1, 2].map(ask);
    responses[1]?.emit("close");

    turn();

    expect(begun).toEqual([0, 2]);
  });

  test("a turn that accepted a connection begins nothing, and the next one does", () => {
    const { server, begun, ask } = open();
    ask(0);
    server.emit("connection");

    turn();
    expect(begun).toEqual([]);
    turn();
    expect(begun).toEqual([0]);
  });

  test("connections without end hold a request back for fifty milliseconds, and not for longer", () => {
    const { server, begun, ask } = open();
    const now = vi.spyOn(performance, "now");
    onTestFinished(() => now.mockRestore());
    const begunAt = (ms: number) => {
      now.mockReturnValue(ms);
      server.emit("connection");
      turn();
      return [...begun];
    };
    now.mockReturnValue(0);
    ask(0);

    expect(begunAt(0)).toEqual([]);
    expect(begunAt(49)).toEqual([]);
    expect(begunAt(50)).toEqual([0]);
  });
});

test("who connects after a crowd is heard before the crowd is served", async () => {
  const heard: string[] = [];
  const server = createServer();
  const turns = takeTurns(server);
  server.on("request", ({ url = "" }, response) => {
    const handle = () => {
      heard.push(url);
      const untilMs = performance.now() + 2;
      while (performance.now() < untilMs);
      response.end();
    };
    if (url === PROBE) handle();
    else turns.begin(response, handle);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const crowd = await Promise.all(Array.from({ length: 100 }, () => connectTo(server)));

  for (const socket of crowd) socket.write("GET /crowd HTTP/1.1\r\nHost: a\r\n\r\n");
  const late = await connectTo(server);
  const answered = once(late, "data");
  late.write(`GET ${PROBE} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await answered;

  expect(heard.indexOf(PROBE)).toBeGreaterThanOrEqual(0);
  expect(heard.indexOf(PROBE)).toBeLessThan(50);
});

async function connectTo(server: Server): Promise<Socket> {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const socket = connect(address.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}
