import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { askKeyServer } from "./key-server.ts";
import { answersTooMuch, hangs, hangsUp, isBroken, openKeyServer, redirects, stalls } from "./testing/key-server.ts";
import { IMPATIENT_MS, PATIENT_MS } from "./testing/proxy-lab.ts";

test("reads what the server has, and knows what it does not have", async () => {
  const server = await openKeyServer();
  server.files.set("/keys", "clé");

  expect(await askKeyServer(`${server.url}/keys`)).toEqual({ status: "found", text: "clé" });
  expect(await askKeyServer(`${server.url}/other`)).toEqual({ status: "missing" });
});

test.each([
  ["hangs", hangs, IMPATIENT_MS, /did not answer in time/],
  ["stops in the middle of its answer", stalls, IMPATIENT_MS, /did not answer in time/],
  ["hangs up", hangsUp, PATIENT_MS, /could not be reached/],
  ["is broken", isBroken, PATIENT_MS, /answered 503/],
  ["answers too much", answersTooMuch, PATIENT_MS, /more than 256 KiB/],
  ["sends us elsewhere", redirects, PATIENT_MS, /answered 302/],
])("does not go on with a server that %s", async (_, behaviour, timeoutMs, reason) => {
  const server = await openKeyServer();
  server.files.set("/keys", "key");
  server.behaviour = behaviour;

  expect(await askKeyServer(`${server.url}/other`, timeoutMs)).toEqual({
    status: "unavailable",
    reason: expect.stringMatching(reason),
  });
  expect(server.asked).not.toContain("/keys");
});

test("says so where nothing listens, or the address is none", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");

  const unreachable = { status: "unavailable", reason: expect.stringMatching(/could not be reached/) };
  expect(await askKeyServer(`http://127.0.0.1:${port}/keys`)).toEqual(unreachable);
  expect(await askKeyServer("not an address")).toEqual(unreachable);
});
