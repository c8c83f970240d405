import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

export type RawRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
};
export type RawAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

export type SendOptions = { readonly limitMs?: number; readonly agent?: Agent };

/** Sends exactly these headers, Host too, which fetch would correct; rejects what is not answered in time. */
export function sendRaw(url: string, asked: RawRequest, options: SendOptions = {}): Promise<RawAnswer> {
  const { limitMs = 10_000, agent } = options;
  const { method, path, headers, body } = asked;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, ...(agent !== undefined && { agent }) });
    const timer = setTimeout(
      () => sent.destroy(new Error(`${method} ${path.slice(0, 200)}: no answer in time`)),
      limitMs,
    );
    // Node announces no body for DELETE and the like, and would send one all the same.
    if (body !== undefined) sent.setHeader("content-length", Buffer.byteLength(body));
    for (const [name, value] of Object.entries(headers ?? {})) sent.setHeader(name, value);
    sent.once("response", (answer) => {
      const { statusCode = 0, headers: answered } = answer;
      readAll(answer)
        .then((text) => resolve({ status: statusCode, headers: answered, body: text }), reject)
        .finally(() => {
          clearTimeout(timer);
          // An answer may come before the whole body is sent.
          if (!sent.writableFinished) sent.destroy();
        });
    });
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

/** The whole body; of a stream of events, which does not end, nothing. */
async function readAll(answer: IncomingMessage): Promise<string> {
  if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
    answer.destroy();
    return "";
  }
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
