import { once } from "node:events";
import { createServer, type RequestListener, request, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { openFrontDoor } from "./front-door.ts";

type Served = { readonly server: Server; readonly port: number; readonly url: string };

async function serve(listener: RequestListener, limits?: Parameters<typeof openFrontDoor>[0]): Promise<Served> {
  onTestFinished(openFrontDoor(limits));
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { server, port: address.port, url: `http://127.0.0.1:${address.port}` };
}

/** A client that sends this much and then nothing more. */
async function sendAndWait(port: number, start: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  socket.write(start);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const answerOk: RequestListener = (_, response) => void response.end("ok");

test("already the first request of a server is refused at the door, and the handler never sees it", async () => {
  const seen: (string | undefined)[] = [];
  const { port, url } = await serve((asked, response) => {
    seen.push(asked.url);
    response.end("ok");
  });

  const sent = request({ port, method: "TRACE", path: "/api/v1/locks" }).end();
  const [answer] = await once(sent, "response");

  expect(answer.statusCode).toBe(405);
  expect(answer.headers).toMatchObject({ allow: expect.stringContaining("GET"), "x-content-type-options": "nosniff" });
  expect(JSON.parse(await text(answer))).toMatchObject({ error: { code: "invalid", requestId: expect.any(String) } });
  expect(await (await fetch(`${url}/fine`)).text()).toBe("ok");
  expect(seen).toEqual(["/fine"]);
});

test("a body that announces to be too large is refused before it is sent", async () => {
  const { port } = await serve(answerOk);
  const sent = request({ port, method: "POST", path: "/api/v1/scans", headers: { "content-length": 65_537 } });
  sent.on("error", () => undefined);
  sent.flushHeaders();

  const [answer] = await once(sent, "response");

  expect(answer.statusCode).toBe(413);
  expect(JSON.parse(await text(answer))).toMatchObject({ error: { code: "too_large" } });
  await once(answer.socket, "close");
});

test("a client may take fifteen seconds for its headers and thirty for its request", async () => {
  const { server, url } = await serve(answerOk);

  await fetch(url);

  expect(server).toMatchObject({ headersTimeout: 15_000, requestTimeout: 30_000, maxRequestsPerSocket: 100_000 });
});

test("over the limit the client that keeps us waiting longest goes, and the new one is answered", async () => {
  const { port, url } = await serve((asked, response) => void asked.resume().on("end", () => response.end("ok")), {
    waitingMax: 3,
  });
  await fetch(url, { headers: { connection: "close" } });
  const slowHeaders = await sendAndWait(port, "GET / HTTP/1.1\r\nHost: a\r\n");
  const slowBody = await sendAndWait(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1");
  const silent = await sendAndWait(port, "");
  const gone = [once(slowHeaders, "close"), once(slowBody, "close")];

  for (let turn = 0; turn < 2; turn += 1) await sendAndWait(port, "");

  await Promise.all(gone);
  expect(silent.destroyed).toBe(false);
  expect(await (await fetch(url)).text()).toBe("ok");
});

test("who is being answered is never closed to make room", async () => {
  const asked = Promise.withResolvers<void>();
  const unlock = Promise.withResolvers<void>();
  const { port, url } = await serve(
    async (sent, response) => {
      if (sent.url !== "/slow") return void response.end("ok");
      asked.resolve();
      await unlock.promise;
      response.end("released");
    },
    { waitingMax: 1 },
  );
  await fetch(url);
  const answer = fetch(`${url}/slow`).then((response) => response.text());
  await asked.promise;

  for (let turn = 0; turn < 5; turn += 1) await sendAndWait(port, "");
  unlock.resolve();

  expect(await answer).toBe("released");
});

test("bodies that never end count as waiting, and take no answer from anybody", async () => {
  const { port, url } = await serve((asked, response) => void asked.resume().on("end", () => response.end("ok")), {
    answeringMax: 1,
  });
  await fetch(url);
  for (let turn = 0; turn < 3; turn += 1)
    await sendAndWait(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1");

  for (let turn = 0; turn < 3; turn += 1)
    expect(await (await fetch(url, { method: "POST", body: "whole" })).text()).toBe("ok");
});

test("when too many are being answered, only health checks still are", async () => {
  const asked = Promise.withResolvers<void>();
  const { url } = await serve((sent, response) => (sent.url === "/held" ? asked.resolve() : void response.end("ok")), {
    answeringMax: 1,
  });
  const held = new AbortController();
  const answer = fetch(`${url}/held`, { signal: held.signal }).catch(() => "aborted");
  await asked.promise;

  const refused = await fetch(`${url}/api/v1/locks`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({ error: { code: "unavailable" } });
  expect(await (await fetch(`${url}/healthz`)).text()).toBe("ok");

  held.abort();
  expect(await answer).toBe("aborted");
  await expect.poll(async () => (await fetch(`${url}/api/v1/locks`)).status).toBe(200);
});

test("a probe that connects after a crowd is heard before the crowd is served", async () => {
  const heard: string[] = [];
  const { port, url } = await serve(({ url: path = "" }, response) => {
    heard.push(path);
    const untilMs = performance.now() + 2;
    while (performance.now() < untilMs);
    response.end();
  });
  await fetch(url, { headers: { connection: "close" } });
  const crowd = await Promise.all(Array.from({ length: 100 }, () => sendAndWait(port, "GET /crowd HTTP/1.1\r\n")));

  for (const socket of crowd) socket.write("Host: a\r\n\r\n");
  await fetch(`${url}/healthz`, { headers: { connection: "close" } });

  expect(heard.filter((path) => path === "/crowd").length).toBeLessThan(50);
});
