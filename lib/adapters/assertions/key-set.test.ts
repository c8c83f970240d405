import { expect, test } from "vitest";
import { createKeySet } from "./key-set.ts";
import { isBroken, type KeyServer, openKeyServer } from "./testing/key-server.ts";
import { PATIENT_MS } from "./testing/proxy-lab.ts";
import { makeSigner, type Signer } from "./testing/signer.ts";

const HOUR_MS = 3_600_000;

test("asks once for the set, however many want a key at once", async () => {
  const { server, findKey } = await openLab();
  const signer = await makeSigner("ES256");
  publish(server, [signer]);

  const found = await Promise.all([findKey(signer.kid), findKey(signer.kid), findKey(signer.kid)]);

  expect(found.map(({ verdict }) => verdict)).toEqual(["found", "found", "found"]);
  expect(server.asked).toEqual(["/keys"]);
});

test("asks for the set at most every half minute, whatever ids forged tokens name", async () => {
  const { server, findKey, clock } = await openLab();
  const signer = await makeSigner("ES256");
  publish(server, []);

  for (let index = 0; index < 20; index += 1) {
    expect(await findKey(`forged-${index}`)).toEqual({ verdict: "unknown" });
  }
  expect(server.asked).toHaveLength(1);

  publish(server, [signer]);
  clock.nowMs += 29_999;
  expect(await findKey(signer.kid)).toEqual({ verdict: "unknown" });
  clock.nowMs += 1;
  expect(await findKey(signer.kid)).toMatchObject({ verdict: "found" });
  expect(server.asked).toHaveLength(2);
});

test("takes a key that the server withdrew for an hour at most", async () => {
  const { server, findKey, clock } = await openLab();
  const [old, next] = [await makeSigner("ES256"), await makeSigner("ES256")];
  publish(server, [old]);
  await findKey(old.kid);

  publish(server, [next]);
  clock.nowMs += HOUR_MS;
  expect(await findKey(old.kid)).toMatchObject({ verdict: "found" });
  clock.nowMs += 1;
  expect(await findKey(old.kid)).toEqual({ verdict: "unknown" });
});

test("asks a server that cannot answer only once in five seconds while it has keys", async () => {
  const { server, findKey, clock } = await openLab();
  const signer = await makeSigner("ES256");
  publish(server, [signer]);
  await findKey(signer.kid);

  server.behaviour = isBroken;
  clock.nowMs += HOUR_MS + 1;
  for (let index = 0; index < 10; index += 1) expect(await findKey(signer.kid)).toMatchObject({ verdict: "found" });
  expect(server.asked).toHaveLength(2);
  clock.nowMs += 5_000;
  await findKey(signer.kid);
  expect(server.asked).toHaveLength(3);
});

test("says that a key is not to be had while it cannot tell whether the server has it", async () => {
  const { server, findKey, clock } = await openLab();
  const [old, next] = [await makeSigner("ES256"), await makeSigner("ES256")];
  publish(server, [old]);
  await findKey(old.kid);

  publish(server, [old, next]);
  server.behaviour = isBroken;
  clock.nowMs += 30_000;
  expect(await findKey(next.kid)).toEqual({ verdict: "unavailable", reason: "The key server answered 503." });
  server.behaviour = null;
  clock.nowMs += 5_000;
  expect(await findKey(next.kid)).toMatchObject({ verdict: "found" });
});

test.each([
  ["no file", null, /no keys at the configured URL/],
  ["no JSON", "<html>", /not a set of keys/],
  ["null", "null", /not a set of keys/],
  ["a single key", '{"kty":"EC"}', /not a set of keys/],
  ["keys that are none", '{"keys":[7]}', /not a set of keys/],
])("says so where the server has %s", async (_, file, reason) => {
  const { server, findKey } = await openLab();
  const files = file === null ? [] : [["/keys", file] as const];
  for (const [path, text] of files) server.files.set(path, text);

  expect(await findKey("any")).toEqual({ verdict: "unavailable", reason: expect.stringMatching(reason) });
});

test("uses no key of another algorithm, and none that is broken", async () => {
  const { server, findKey } = await openLab();
  const [rsa, good] = [await makeSigner("RS256"), await makeSigner("ES256")];
  const broken = { ...good.jwk, kid: "broken", x: "AA" };
  server.files.set("/keys", JSON.stringify({ keys: [rsa.jwk, good.jwk, broken] }));

  expect(await findKey(rsa.kid)).toEqual({ verdict: "unknown" });
  expect(await findKey("broken")).toEqual({ verdict: "unavailable", reason: expect.stringMatching(/cannot be used/) });
  expect(await findKey(good.kid)).toMatchObject({ verdict: "found" });
});

async function openLab() {
  const server = await openKeyServer();
  const clock = { nowMs: HOUR_MS };
  const findKey = createKeySet(`${server.url}/keys`, "ES256", { now: () => clock.nowMs, timeoutMs: PATIENT_MS });
  return { server, clock, findKey };
}

function publish(server: KeyServer, signers: readonly Signer[]): void {
  server.files.set("/keys", JSON.stringify({ keys: signers.map(({ jwk }) => jwk) }));
}
