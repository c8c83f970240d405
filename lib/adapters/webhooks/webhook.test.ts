import type { lookup } from "node:dns";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { openWebhookSink, type WebhookSink } from "#lib/services/testing/webhook-sink.ts";
import { createWebhook } from "./webhook.ts";

const LINES = [{ seq: 1, line: '{"seq":1}' }];
const SECRETS = ["a secret of at least 24 characters"];

async function openSink(): Promise<WebhookSink> {
  const sink = await openWebhookSink();
  onTestFinished(() => sink.close());
  return sink;
}

/** Names that resolve, one look after the other, to what is given. */
function resolving(...looks: readonly (readonly string[])[]): typeof lookup {
  let asked = 0;
  const fake = (_host: string, _options: object, callback: (error: null, addresses: object[]) => void) => {
    const addresses = looks[Math.min(asked, looks.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return fake as unknown as typeof lookup;
}

function send(url: string, options: { lookup?: typeof lookup; allowPrivate?: boolean } = {}): Promise<void> {
  const { allowPrivate = false, ...rest } = options;
  return createWebhook({ name: "siem", url, secrets: SECRETS, allowPrivate }, { now: () => 0, ...rest }).send(LINES);
}

test.each(["127.0.0.1", "::1", "10.0.0.7", "169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"])(
  "a name that resolves to %s is sent nothing",
  async (address) => {
    const sink = await openSink();
    const url = sink.url.replace("127.0.0.1", "siem.example");

    await expect(send(url, { lookup: resolving([address]) })).rejects.toThrow(
      `Its address ${address} is not one of the public internet, which is refused`,
    );
    await expect(send(url, { lookup: resolving(["1.1.1.1", address]) })).rejects.toThrow(/is refused/);
    expect(sink.received).toEqual([]);
  },
);

test("a name that changes its address after a delivery is looked at again", async () => {
  const sink = await openSink();
  const url = sink.url.replace("127.0.0.1", "localhost");
  const webhook = createWebhook(
    { name: "siem", url, secrets: SECRETS, allowPrivate: false },
    { now: () => 0, lookup: resolving(["127.0.0.1"], ["169.254.169.254"]) },
  );

  await webhook.send(LINES);
  await expect(webhook.send(LINES)).rejects.toThrow(/169\.254\.169\.254.*is refused/);
  expect(sink.received).toHaveLength(1);
});

test.each([
  "https://10.0.0.7/",
  "https://169.254.169.254/latest/meta-data",
  "https://[::ffff:169.254.169.254]/",
  "https://[fd00:ec2::254]/",
  "https://0xa9fea9fe/",
])("the address %s itself is refused without a connection", async (url) => {
  await expect(send(url, { lookup: resolving(["1.1.1.1"]) })).rejects.toThrow(/is refused/);
});

test("the word that an intranet is meant reaches neither this machine nor the metadata of a cloud", async () => {
  const sink = await openSink();
  const url = sink.url.replace("127.0.0.1", "siem.example");

  for (const address of ["127.0.0.1", "169.254.169.254"])
    await expect(send(url, { allowPrivate: true, lookup: resolving([address]) })).rejects.toThrow(/is refused/);
  expect(sink.received).toEqual([]);
});

test("a URL that names this machine is sent to, with what Standard Webhooks asks for", async () => {
  const sink = await openSink();

  await send(sink.url);
  await send(sink.url.replace("127.0.0.1", "localhost"), { lookup: resolving(["127.0.0.1"]) });

  expect(sink.received.map(({ seqs }) => seqs)).toEqual([[1], [1]]);
  expect(sink.received[0]?.headers).toMatchObject({
    "content-type": "application/jsonl; charset=utf-8",
    "webhook-id": "lockkeeper-1-1",
    "webhook-timestamp": "0",
    "webhook-signature": expect.stringMatching(/^v1,/),
  });
});

test("a receiver that sends without end is not listened to", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    response.writeHead(200).write("x");
    response.once("close", closed.resolve);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();

  await send(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`);

  await closed.promise;
});
