import { expect, test } from "vitest";
import { createAssertionReader } from "./assertion-reader.ts";
import { NOW_MS, NOW_S, openProxyLab, SIGNER } from "./testing/proxy-lab.ts";
import { encodePadded, makeSigner, signPadded } from "./testing/signer.ts";
import { refused, validWith } from "./testing/verdicts.ts";

test("verifies base64url with its padding on, over the text exactly as it was signed", async () => {
  const lab = await openProxyLab("alb");
  // Lengths that need no padding, one character and two: a name of one more byte moves on to the next.
  for (const sub of ["alice", "alice1", "alice12"]) {
    const token = signPadded(lab.parts({ claims: { sub } }), lab.signer);
    expect(await lab.read(token)).toEqual(validWith({ subject: sub }));
  }

  const padded = signPadded(lab.parts({ header: { typ: "JW" }, claims: { sub: "alice12" } }), lab.signer);
  expect(padded.split(".").map((part) => part.endsWith("="))).toEqual([true, true, true]);
  expect(await lab.read(padded)).toMatchObject({ verdict: "valid" });
  const [header = "", claims = "", signature = ""] = padded.split(".");
  expect(await lab.read(`${header}.${claims.replace(/=+$/, "")}.${signature}`)).toEqual(refused(/signature is wrong/));
  expect(await lab.read(`${header.replace(/=+$/, "")}.${claims}.${signature}`)).toEqual(refused(/signature is wrong/));
  // Nothing is signed in the signature itself.
  expect(await lab.read(`${header}.${claims}.${signature.replace(/=+$/, "")}`)).toMatchObject({ verdict: "valid" });
});

test("refuses padding that was added to a text that was signed without", async () => {
  const lab = await openProxyLab("alb");
  const [header = "", claims = "", signature = ""] = (await lab.sign({ claims: { sub: "alice12" } })).split(".");

  const padded = encodePadded(Buffer.from(claims, "base64url"));
  expect(padded).not.toBe(claims);
  expect(await lab.read(`${header}.${padded}.${signature}`)).toEqual(refused(/signature is wrong/));
});

test.each([
  ["load balancer", { signer: `${SIGNER.slice(0, -1)}9` }, /Another load balancer/],
  ["load balancer, named in capitals", { signer: SIGNER.toUpperCase() }, /Another load balancer/],
  ["load balancer, not named", { signer: undefined }, /Another load balancer/],
  ["load balancer, in a list with ours", { signer: [SIGNER] }, /Another load balancer/],
  ["client", { client: "grafana" }, /another client/],
  ["client, not named", { client: undefined }, /another client/],
  ["issuer", { iss: "https://evil.example" }, /another issuer/],
  ["issuer, not named", { iss: undefined }, /another issuer/],
])("refuses what is signed for another %s, and asks for no key", async (_, header, reason) => {
  const lab = await openProxyLab("alb");

  expect(await lab.read(await lab.sign({ header }))).toEqual(refused(reason));
  expect(lab.server.asked).toEqual([]);
});

test("refuses claims whose issuer is not the one that the load balancer vouches for", async () => {
  const lab = await openProxyLab("alb");

  expect(await lab.read(await lab.sign({ claims: { iss: "https://evil.example" } }))).toEqual(
    refused(/another issuer/),
  );
  expect(await lab.read(await lab.sign({ claims: { iss: undefined } }))).toMatchObject({ verdict: "valid" });
});

test("believes the earlier of two expiries, wherever it stands", async () => {
  const lab = await openProxyLab("alb");
  const read = async (header: unknown, claims: unknown) =>
    lab.read(await lab.sign({ header: { exp: header }, claims: { exp: claims } }));

  expect(await read(NOW_S + 120, NOW_S + 60)).toEqual(validWith({ expiresAtMs: NOW_MS + 60_000 }));
  expect(await read(NOW_S + 60, NOW_S + 120)).toEqual(validWith({ expiresAtMs: NOW_MS + 60_000 }));
  expect(await read(NOW_S + 60, undefined)).toEqual(validWith({ expiresAtMs: NOW_MS + 60_000 }));
  expect(await read(NOW_S + 60, NOW_S - 60)).toEqual(refused(/expired/));
  expect(await read(NOW_S - 60, NOW_S + 60)).toEqual(refused(/expired/));
});

test.each([
  "../../admin",
  "alice",
  "",
  "00000000-0000-4000-8000-000000000001/../x",
  "00000000-0000-4000-8000-000000000001?x",
  "00000000-0000-4000-8000-000000000001\n",
  "0000000000004000800000000000000000001",
])("never asks the key server for %j, which is no id of AWS", async (kid) => {
  const lab = await openProxyLab("alb");
  lab.server.files.set(`/${kid}`, lab.signer.pem);

  expect(await lab.read(await lab.sign({ header: { kid } }))).toMatchObject({ verdict: "refused" });
  expect(lab.server.asked).toEqual([]);
});

test("takes no key of another curve or kind from the key server", async () => {
  const lab = await openProxyLab("alb");
  const { pem } = await makeSigner("RS256");
  lab.server.files.set(`/${lab.signer.kid}`, pem);

  expect(await lab.read(await lab.sign())).toMatchObject({ verdict: "unavailable" });
});

test("reads keys from a configured URL that ends with a slash", async () => {
  const lab = await openProxyLab("alb");
  const settings = { ...lab.settings, keysUrl: `${lab.server.url}/` };
  const reader = createAssertionReader(settings, { groupsClaim: "groups", now: () => NOW_MS });

  expect(await reader.read(new Headers({ "x-amzn-oidc-data": await lab.sign() }))).toMatchObject({ verdict: "valid" });
});
