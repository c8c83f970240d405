import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { watchRequests } from "./open-requests.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

test("what is being answered is answered to its end, and the port is free then", async () => {
  const requests = watchRequests();
  const asked = Promise.withResolvers<void>();
  const unlock = Promise.withResolvers<void>();
  const url = await serve(async (_, response) => {
    asked.resolve();
    await unlock.promise;
    response.end("released");
  });
  const answer = fetch(url).then((response) => response.text());
  await asked.promise;

  const closed = requests.close(60_000);
  unlock.resolve();

  expect(await answer).toBe("released");
  await closed;
  await expect(fetch(url)).rejects.toThrow();
});

test("what is never answered is cut in the end", async () => {
  const requests = watchRequests();
  const asked = Promise.withResolvers<void>();
  const url = await serve(() => asked.resolve());
  const answer = fetch(url);
  const refused = expect(answer).rejects.toThrow();
  await asked.promise;

  await requests.close(1);

  await refused;
});

test("a process that was never asked anything has nothing to wait for", async () => {
  await expect(watchRequests().close(60_000)).resolves.toBeUndefined();
});
