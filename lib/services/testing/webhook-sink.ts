import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly seqs: readonly number[];
};

/** A receiver of webhooks on loopback that behaves as told, and remembers what it was sent. */
export type WebhookSink = {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests are answered; `null` never answers. */
  behaviour: ((response: ServerResponse, received: Received) => void) | null;
  readonly close: () => Promise<void>;
};

export const takes = (response: ServerResponse): void => {
  response.writeHead(204).end();
};

export async function openWebhookSink(): Promise<WebhookSink> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const seqs = body.split("\n").flatMap((line) => (line === "" ? [] : [Number(JSON.parse(line).seq)]));
      const received = { headers: request.headers, body, seqs };
      sink.received.push(received);
      sink.behaviour?.(response, received);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const sink: WebhookSink = {
    url: `http://127.0.0.1:${port}/audit`,
    received: [],
    behaviour: takes,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}
