import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createAlbKeys } from "./alb-keys.ts";
import { isBroken, openKeyServer } from "./testing/key-server.ts";
import { PATIENT_MS } from "./testing/proxy-lab.ts";
import { makeSigner } from "./testing/signer.ts";

const NOW_MS = 1_000_000;

test("asks for a key once, however many want it at once", async () => {
  const server = await openKeyServer();
  const { kid, pem } = await makeSigner("ES256");
  server.files.set(`/${kid}`, pem);
  const findKey = createAlbKeys(server.url, { now: () => NOW_MS });

  const found = await Promise.all([findKey(kid), findKey(kid), findKey(kid)]);
  await findKey(kid);

  expect(found.map(({ verdict }) => verdict)).toEqual(["found", "found", "found"]);
  expect(server.asked).toEqual([`/${kid}`]);
});

test("forgets the key that was used longest ago when it has seventeen", async () => {
  const server = await openKeyServer();
  const { pem } = await makeSigner("ES256");
  const kids = Array.from({ length: 17 }, (_, index) => `kid-${index}`);
  for (const kid of kids) server.files.set(`/${kid}`, pem);
  const findKey = createAlbKeys(server.url, { now: () => NOW_MS });
  const [first = "", second = ""] = kids;

  for (const kid of kids.slice(0, 16)) await findKey(kid);
  await findKey(first);
  await findKey("kid-16");
  server.asked.length = 0;
  await findKey(first);
  expect(server.asked).toEqual([]);
  await findKey(second);
  expect(server.asked).toEqual([`/${second}`]);
});

test("does not ask again within a minute for a key that is not there", async () => {
  const server = await openKeyServer();
  const { kid, pem } = await makeSigner("ES256");
  const clock = { nowMs: NOW_MS };
  const findKey = createAlbKeys(server.url, { now: () => clock.nowMs });

  expect(await findKey(kid)).toEqual({ verdict: "unknown" });
  server.files.set(`/${kid}`, pem);
  clock.nowMs += 59_999;
  expect(await findKey(kid)).toEqual({ verdict: "unknown" });
  expect(server.asked).toHaveLength(1);
  clock.nowMs += 1;
  expect(await findKey(kid)).toMatchObject({ verdict: "found" });
});

test("asks again at once after a server that could not answer", async () => {
  const server = await openKeyServer();
  const { kid, pem } = await makeSigner("ES256");
  server.files.set(`/${kid}`, pem);
  const findKey = createAlbKeys(server.url, { now: () => NOW_MS });

  server.behaviour = isBroken;
  expect(await findKey(kid)).toMatchObject({ verdict: "unavailable" });
  server.behaviour = null;
  expect(await findKey(kid)).toMatchObject({ verdict: "found" });
});

test("has at most four questions open, whatever ids forged tokens name, and those it knows are not held up", async () => {
  const server = await openKeyServer();
  const { kid, pem } = await makeSigner("ES256");
  server.files.set(`/${kid}`, pem);
  const findKey = createAlbKeys(server.url, { now: () => NOW_MS, timeoutMs: PATIENT_MS });
  await findKey(kid);

  const open: ServerResponse[] = [];
  server.behaviour = (response) => open.push(response);
  const forged = Array.from({ length: 20 }, (_, index) => findKey(`forged-${index}`));

  expect(await forged[4]).toEqual({ verdict: "unavailable", reason: "Too many unknown keys are asked for." });
  expect(await findKey(kid)).toMatchObject({ verdict: "found" });
  await expect.poll(() => open.length).toBe(4);
  for (const response of open) response.writeHead(404).end();
  await Promise.all(forged);
  expect(server.asked).toHaveLength(5);
});
