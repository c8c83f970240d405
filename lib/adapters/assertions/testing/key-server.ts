import type { ServerResponse } from "node:http";
import { serveRaw } from "#lib/adapters/aws/testing/raw-server.ts";

type Behaviour = (response: ServerResponse) => unknown;

/** A key server on loopback that behaves as told, and remembers what it was asked for. */
export type KeyServer = {
  readonly url: string;
  readonly asked: string[];
  readonly files: Map<string, string>;
  /** In place of its files; null serves them. */
  behaviour: Behaviour | null;
};

export const hangs: Behaviour = () => undefined;
export const hangsUp: Behaviour = (response) => response.destroy();
export const isBroken: Behaviour = (response) => response.writeHead(503).end("try later");
export const redirects: Behaviour = (response) => response.writeHead(302, { location: "/keys" }).end();
export const answersNonsense: Behaviour = (response) =>
  response.writeHead(200).end("<html>Welcome to the hotel</html>");
export const answersTooMuch: Behaviour = (response) => response.writeHead(200).end(" ".repeat(300 * 1024));
/** Starts to answer, and never ends. */
export const stalls: Behaviour = (response) => response.writeHead(200).write("{");

/** Serves until the test ends. */
export async function openKeyServer(): Promise<KeyServer> {
  const asked: string[] = [];
  const files = new Map<string, string>();
  const url = await serveRaw((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    if (server.behaviour !== null) {
      server.behaviour(response);
      return;
    }
    const file = files.get(path);
    response.writeHead(file === undefined ? 404 : 200).end(file ?? "no such key");
  });
  const server: KeyServer = { url, asked, files, behaviour: null };
  return server;
}
