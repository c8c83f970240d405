import { expect, test } from "vitest";
import type { GuardRules } from "./guard-rules.ts";
import { guardProbe, guardRequest } from "./request-guard.ts";

const PUBLIC: GuardRules = { kind: "public", origin: "https://lockkeeper.example" };
const LOOPBACK: GuardRules = { kind: "loopback" };

function aRequest(method: string, headers: Readonly<Record<string, string>>) {
  return { method, headers: new Headers({ host: "lockkeeper.example", ...headers }) };
}

const JSON_BODY = { "content-type": "application/json" };
const OWN_ORIGIN = { origin: "https://lockkeeper.example" };

test.each(["lockkeeper.example", "lockkeeper.example:443", "LOCKKEEPER.example"])(
  "our address is answered: %s",
  (host) => {
    expect(guardRequest(aRequest("GET", { host }), PUBLIC)).toEqual({ verdict: "pass" });
  },
);

test.each([
  "lockkeeper.example:8443",
  "127.0.0.1:3000",
  "localhost",
  "evil.example",
  "lockkeeper.example.evil.example",
  "",
])("another address is not, where people sign in: %j", (host) => {
  expect(guardRequest(aRequest("GET", { host }), PUBLIC)).toMatchObject({ verdict: "refuse" });
});

test.each([
  "https://evil.example",
  "http://lockkeeper.example",
  "https://lockkeeper.example:8443",
  "https://lockkeeper.example.evil.example",
  "null",
  "",
])("what another origin sends is refused, with a token too: %j", (origin) => {
  const headers = { ...JSON_BODY, origin };

  expect(guardRequest(aRequest("POST", headers), PUBLIC)).toMatchObject({ verdict: "refuse" });
  expect(guardRequest(aRequest("POST", { ...headers, authorization: "Bearer x" }), PUBLIC)).toMatchObject({
    verdict: "refuse",
  });
});

test("what writes without an Origin is refused where people sign in, unless a token speaks for it", () => {
  expect(guardRequest(aRequest("POST", JSON_BODY), PUBLIC)).toMatchObject({ verdict: "refuse" });
  expect(guardRequest(aRequest("POST", { ...JSON_BODY, authorization: "Basic c2FtOnB3" }), PUBLIC).verdict).toBe(
    "refuse",
  );
  expect(guardRequest(aRequest("POST", { ...JSON_BODY, authorization: "Bearer x" }), PUBLIC).verdict).toBe("pass");
  expect(guardRequest(aRequest("POST", { ...JSON_BODY, ...OWN_ORIGIN }), PUBLIC).verdict).toBe("pass");
  expect(guardRequest(aRequest("GET", {}), PUBLIC).verdict).toBe("pass");
});

test.each(["cross-site", "same-site", "anything"])("a browser's own word that %s sent it is believed", (site) => {
  const headers = { ...JSON_BODY, ...OWN_ORIGIN, "sec-fetch-site": site };

  expect(guardRequest(aRequest("POST", headers), PUBLIC)).toMatchObject({ verdict: "refuse" });
  expect(guardRequest(aRequest("GET", headers), PUBLIC)).toMatchObject({ verdict: "refuse" });
});

test("a link from elsewhere may be followed, and a form from elsewhere not", () => {
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };

  expect(guardRequest(aRequest("GET", headers), PUBLIC).verdict).toBe("pass");
  expect(guardRequest(aRequest("POST", { ...headers, ...JSON_BODY, ...OWN_ORIGIN }), PUBLIC).verdict).toBe("refuse");
});

test("before the configuration is known, only this machine is answered", () => {
  expect(guardRequest(aRequest("GET", {}))).toMatchObject({ verdict: "refuse" });
  expect(guardRequest(aRequest("GET", { host: "127.0.0.1:3000" })).verdict).toBe("pass");
});

test("a probe is answered at any address where others reach us, and in local mode only on loopback", () => {
  expect(guardProbe(aRequest("GET", { host: "10.1.2.3:3000" }), PUBLIC).verdict).toBe("pass");
  expect(guardProbe(aRequest("POST", { host: "10.1.2.3:3000" }), PUBLIC).verdict).toBe("refuse");
  expect(guardProbe(aRequest("GET", { host: "10.1.2.3:3000" }), LOOPBACK).verdict).toBe("refuse");
});
