import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createWebhook } from "#lib/adapters/webhooks/webhook.ts";
import { deliverAudit } from "#lib/services/audit/deliver-audit.ts";
import { listDeliveries } from "#lib/services/audit/list-deliveries.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { openWebhookSink, takes, type WebhookSink } from "#lib/services/testing/webhook-sink.ts";
import { HOLDER_A, holdS3, lockText, openWorld, type World } from "#lib/services/testing/world.ts";

const HOUR_MS = 3_600_000;
const SECRET = "a secret of at least 24 characters";
let world: World;
let sink: WebhookSink;
let ctx: Context;
let name: string;
let lags: number[];

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async (context) => {
  sink = await openWebhookSink();
  name = context.task.id;
  lags = [];
  const webhook = createWebhook(
    { name, url: sink.url, secrets: [SECRET, "the next one, 24 characters"], allowPrivate: false },
    { now: world.ctx.now },
  );
  const counters = { ...world.ctx.counters, deliveryLag: (_: string, events: number) => lags.push(events) };
  ctx = { ...world.ctx, counters, destinations: [webhook] };
  await appendEvents(3);
});
afterEach(async () => {
  await sink.close();
  await world.reset();
});

async function appendEvents(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const details = { index, text: "ü \u202e".repeat(20) };
    await world.ctx.audit.append({
      action: "config.changed",
      actor: world.ctx.actor,
      atMs: world.ctx.now(),
      requestId: null,
      unlockId: null,
      details,
    });
  }
}

const seqsReceived = () => sink.received.flatMap(({ seqs }) => seqs);
const upTo = async () => Array.from({ length: (await world.ctx.audit.readHead()).seq }, (_, index) => index + 1);

test("F17: a receiver that was away for 24 hours gets everything, in order, once it is back", async () => {
  sink.behaviour = (response) => response.writeHead(503).end();
  for (let hour = 0; hour < 24; hour += 1) {
    await appendEvents(12);
    await deliverAudit(ctx);
    world.clock.advance(HOUR_MS);
  }
  const [late] = await listDeliveries(ctx);
  expect(late).toMatchObject({ deliveredSeq: 0, failures: 24, isLate: true, error: "It answered 503." });
  expect(lags.at(-1)).toBe((await upTo()).length);
  sink.received.length = 0;

  sink.behaviour = takes;
  await deliverAudit(ctx);

  expect(seqsReceived()).toEqual(await upTo());
  expect(lags.at(-1)).toBe(0);
  expect((await listDeliveries(ctx))[0]).toMatchObject({ lagEvents: 0, failures: 0, isLate: false, error: null });
});

test("F17: what is received is the stored line itself, signed with every active secret", async () => {
  await deliverAudit(ctx);
  const [first] = sink.received;
  if (first === undefined) throw new Error("nothing was received");
  const lines = await world.ctx.audit.readLines({ afterSeq: 0, limit: first.seqs.length });
  expect(first.body).toBe(lines.map(({ line }) => `${line}\n`).join(""));
  const signed = `${first.headers["webhook-id"]}.${first.headers["webhook-timestamp"]}.${first.body}`;
  const expected = [SECRET, "the next one, 24 characters"].map(
    (secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`,
  );
  expect(first.headers["webhook-signature"]).toBe(expected.join(" "));
});

test("F17: when the answer is lost the same lines come again under the same id, and none is skipped", async () => {
  sink.behaviour = (response) => response.destroy();
  await deliverAudit(ctx);
  const before = sink.received.map(({ headers }) => headers["webhook-id"]);
  sink.behaviour = takes;
  world.clock.advance(HOUR_MS);
  await deliverAudit(ctx);
  expect(sink.received[1]?.headers["webhook-id"]).toBe(before[0]);
  expect([...new Set(seqsReceived())]).toEqual(await upTo());
});

test("F17: nothing is sent again before its back-off is over", async () => {
  sink.behaviour = (response) => response.writeHead(500).end();
  await deliverAudit(ctx);
  await deliverAudit(ctx);
  expect(sink.received).toHaveLength(1);
});

test("F17: two processes do not deliver the same lines at once", async () => {
  await Promise.all(Array.from({ length: 5 }, () => deliverAudit(ctx)));
  await deliverAudit(ctx);
  expect(seqsReceived()).toEqual(await upTo());
});

test("F17: an unlock does not wait for a receiver that never answers", async () => {
  sink.behaviour = null;
  const delivering = deliverAudit(ctx);
  await expect.poll(() => sink.received.length, { interval: 10 }).toBe(1);
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  expect(unlock.outcome).toBe("released");
  expect((await ctx.deliveries.find(name)).failures, "it is still being waited for").toBe(0);
  await sink.close();
  await delivering;
});
