import { createServer, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";

/** Serves what the test says until it ends, for answers that a sandbox which is right never gives. Returns the URL. */
export async function serveRaw(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}
