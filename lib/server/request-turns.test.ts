import { EventEmitter } from "node:events";
import type { Server, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { takeTurns } from "./request-turns.ts";

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
