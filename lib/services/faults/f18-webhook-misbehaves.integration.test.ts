import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createWebhook } from "#lib/adapters/webhooks/webhook.ts";
import { deliverAudit } from "#lib/services/audit/deliver-audit.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Delivery } from "#lib/services/ports/trail.ts";
import { openWebhookSink, takes, type WebhookSink } from "#lib/services/testing/webhook-sink.ts";
import { openWorld, type World } from "#lib/services/testing/world.ts";

const TIMEOUT_MS = 300;
let world: World;
let sink: WebhookSink;
let other: WebhookSink;

beforeAll(async () => {
  world = await openWorld();
  const entry = {
    action: "config.changed",
    actor: world.ctx.actor,
    atMs: 0,
    requestId: null,
    unlockId: null,
    details: {},
  } as const;
  await world.ctx.audit.append(entry);
});
afterAll(() => world.close());
beforeEach(async () => {
  sink = await openWebhookSink();
  other = await openWebhookSink();
});
afterEach(async () => {
  await sink.close();
  await other.close();
});

function withDestinations(...named: readonly (readonly [string, string])[]): Context {
  const secrets = ["a secret of at least 24 characters"];
  const options = { now: world.ctx.now, timeoutMs: TIMEOUT_MS };
  return {
    ...world.ctx,
    destinations: named.map(([name, url]) => createWebhook({ name, url, secrets, allowPrivate: false }, options)),
  };
}

async function deliverTo(url: string, name: string): Promise<Delivery> {
  await deliverAudit(withDestinations([name, url]));
  return world.ctx.deliveries.find(name);
}

test("F18: a redirect is refused and not followed, also to this machine", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    sink.behaviour = (response) => response.writeHead(status, { location: other.url }).end();
    const delivery = await deliverTo(sink.url, `redirects ${status}`);
    expect(delivery).toMatchObject({ seq: 0, failures: 1, error: `It redirects (${status}), which is refused.` });
  }
  expect(other.received).toEqual([]);
});

test("F18: a receiver that hangs, or answers without end, is given up after the time limit", async () => {
  sink.behaviour = null;
  expect(await deliverTo(sink.url, "hangs")).toMatchObject({
    seq: 0,
    failures: 1,
    error: "It did not answer in time.",
  });
  sink.behaviour = (response) => {
    response.writeHead(200);
    response.write("x");
  };
  expect(await deliverTo(sink.url, "endless"), "what it says after its status is not waited for").toMatchObject({
    seq: 1,
  });
});

test("F18: a receiver that hangs holds up no other", async () => {
  sink.behaviour = null;
  await deliverAudit(withDestinations(["stuck", sink.url], ["quick", other.url]));
  expect(other.received).toHaveLength(1);
  expect((await world.ctx.deliveries.find("quick")).seq).toBe(1);
});

test("F18: only 2xx counts as taken", async () => {
  for (const status of [400, 401, 404, 410, 429, 500, 503]) {
    sink.behaviour = (response) => response.writeHead(status).end();
    expect(await deliverTo(sink.url, `answers ${status}`)).toMatchObject({ seq: 0, error: `It answered ${status}.` });
  }
  sink.behaviour = takes;
  expect(await deliverTo(sink.url, "takes")).toMatchObject({ seq: 1, failures: 0 });
});

test("F18: the wait after failures doubles up to five minutes", async () => {
  sink.behaviour = (response) => response.writeHead(500).end();
  const ctx = withDestinations(["backs off", sink.url]);
  const waitsMs: number[] = [];
  for (let round = 0; round < 14; round += 1) {
    await deliverAudit(ctx);
    const { retryAtMs } = await ctx.deliveries.find("backs off");
    waitsMs.push((retryAtMs ?? 0) - ctx.now());
    world.clock.advance(300_000);
  }
  expect(sink.received).toHaveLength(14);
  expect(waitsMs[0]).toBeLessThanOrEqual(1_000);
  expect(Math.max(...waitsMs)).toBeLessThanOrEqual(300_000);
  expect(waitsMs.at(-1)).toBeGreaterThan(140_000);
});

test("F18: a receiver that cannot be reached says why", async () => {
  await sink.close();
  expect(await deliverTo(sink.url, "closed")).toMatchObject({ error: "It could not be reached (ECONNREFUSED)." });
  sink = await openWebhookSink();
});
