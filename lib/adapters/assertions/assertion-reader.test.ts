import fc from "fast-check";
import { expect, test } from "vitest";
import { AUDIENCE, expiresAt, headersOf, ISSUERS, KINDS, NOW_MS, NOW_S, openProxyLab } from "./testing/proxy-lab.ts";
import { encodePart, makeSigner, signToken } from "./testing/signer.ts";
import { refused } from "./testing/verdicts.ts";

test.each(KINDS)("reads who asks from what %s signed", async (kind) => {
  const lab = await openProxyLab(kind);

  expect(await lab.read(await lab.sign())).toEqual({
    verdict: "valid",
    assertion: {
      issuer: ISSUERS[kind],
      subject: "alice-1",
      name: kind === "alb" ? "Alice" : null,
      email: "alice@example.com",
      groups: ["platform"],
      signedInAtMs: null,
      expiresAtMs: NOW_MS + 120_000,
    },
  });
});

test.each(KINDS)(
  "says that nothing was asserted where %s sent no header, whatever other proxies' headers say",
  async (kind) => {
    const others = KINDS.filter((other) => other !== kind);
    const lab = await openProxyLab(kind);
    const token = await lab.sign();

    const headers = headersOf(Object.fromEntries(others.map((other) => [other, token])));

    expect(await lab.reader.read(headers)).toEqual({ verdict: "absent" });
    expect(await lab.reader.read(new Headers())).toEqual({ verdict: "absent" });
    expect(lab.server.asked).toEqual([]);
  },
);

test.each(KINDS)("refuses a token of another proxy in %s's own header", async (kind) => {
  const lab = await openProxyLab(kind);

  for (const other of KINDS.filter((candidate) => candidate !== kind)) {
    const { header, claims } = (await openProxyLab(other)).parts({
      header: { kid: lab.signer.kid, alg: lab.algorithm },
    });
    expect(await lab.read(await signToken({ header, claims }, lab.signer.privateKey))).toMatchObject({
      verdict: "refused",
    });
  }
});

test.each(KINDS)("allows the clock of %s a minute, and no more", async (kind) => {
  const lab = await openProxyLab(kind);

  expect(await lab.read(await lab.sign(expiresAt(NOW_S - 59)))).toMatchObject({ verdict: "valid" });
  expect(await lab.read(await lab.sign(expiresAt(NOW_S - 60)))).toEqual(refused(/expired/));
  expect(await lab.read(await lab.sign({ claims: { nbf: NOW_S + 60 } }))).toMatchObject({ verdict: "valid" });
  expect(await lab.read(await lab.sign({ claims: { nbf: NOW_S + 61 } }))).toEqual(refused(/not valid yet/));
});

test.each(KINDS)("refuses what %s lets expire never, or at no date", async (kind) => {
  const lab = await openProxyLab(kind);

  expect(await lab.read(await lab.sign(expiresAt(undefined)))).toEqual(refused(/does not say when it expires/));
  expect(await lab.read(await lab.sign(expiresAt(String(NOW_S + 60))))).toEqual(
    refused(/does not say when it expires/),
  );
  expect(await lab.read(await lab.sign(expiresAt(1e300)))).toEqual(refused(/expires at no date/));
});

test.each(KINDS)("refuses the other algorithms that %s's key could also sign with", async (kind) => {
  const lab = await openProxyLab(kind);
  const { kid, pem } = lab.signer;
  const unsigned = lab.parts({ header: { alg: "none" } });
  const secret = new TextEncoder().encode(pem);

  const tokens = {
    none: `${encodePart(unsigned.header)}.${encodePart(unsigned.claims as object)}.AA`,
    noneAndNoSignature: `${encodePart(unsigned.header)}.${encodePart(unsigned.claims as object)}.`,
    hs256: await signToken(lab.parts({ header: { alg: "HS256" } }), secret),
  };
  expect(await lab.read(tokens.none)).toEqual(refused(/not signed with/));
  expect(await lab.read(tokens.noneAndNoSignature)).toEqual(refused(/not a signed token/));
  expect(await lab.read(tokens.hs256)).toEqual(refused(/not signed with/));

  // One key pair may serve several RSA algorithms: only the allow-list tells them apart.
  const other = kind === "cloudflare" ? "PS256" : "RS256";
  const rsa = await makeSigner("RS256");
  lab.publish([{ ...rsa, kid, jwk: { ...rsa.jwk, kid, alg: other } }]);
  const imported = await crypto.subtle.importKey(
    "pkcs8",
    await crypto.subtle.exportKey("pkcs8", rsa.privateKey),
    { name: other === "PS256" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    false,
    ["sign"],
  );
  expect(await lab.read(await signToken(lab.parts({ header: { alg: other } }), imported))).toEqual(
    refused(/not signed with/),
  );
  expect(lab.server.asked).toEqual([]);
});

test.each(KINDS)("refuses a token of %s in which any character was changed", async (kind) => {
  const lab = await openProxyLab(kind);
  const token = await lab.sign();
  expect(await lab.read(token)).toMatchObject({ verdict: "valid" });

  // The last character of a signature has spare bits, which mean nothing.
  const anyPlace = fc.integer({ min: 0, max: token.length - 2 });
  await fc.assert(
    fc.asyncProperty(anyPlace, fc.constantFrom(..."Aq9_-.=, "), async (place, character) => {
      fc.pre(token[place] !== character);
      const changed = token.slice(0, place) + character + token.slice(place + 1);
      expect(await lab.read(changed)).toMatchObject({ verdict: "refused" });
    }),
    { numRuns: 150 },
  );
});

test.each(KINDS)("refuses claims that were exchanged under %s's signature", async (kind) => {
  const lab = await openProxyLab(kind);
  const [header, , signature] = (await lab.sign()).split(".");

  const forged = encodePart(lab.parts({ claims: { sub: "mallory" } }).claims as object);

  expect(await lab.read(`${header}.${forged}.${signature}`)).toEqual(refused(/signature is wrong/));
});

test.each(KINDS)("refuses a token that was signed by a stranger in the name of %s's key", async (kind) => {
  const lab = await openProxyLab(kind);
  const stranger = await makeSigner(lab.algorithm);

  expect(await lab.read(await lab.sign({ header: { kid: lab.signer.kid } }, stranger))).toEqual(
    refused(/signature is wrong/),
  );
});

test.each(KINDS)("refuses two assertions of %s, one that is too long, and what is no token", async (kind) => {
  const lab = await openProxyLab(kind);
  const token = await lab.sign();
  const twice = headersOf({ [kind]: token });
  twice.append([...twice.keys()][0] ?? "", token);

  expect(await lab.reader.read(twice)).toEqual(refused(/more than once/));
  expect(await lab.read(await lab.sign({ claims: { padding: "x".repeat(17_000) } }))).toEqual(
    refused(/longer than 16 KiB/),
  );
  for (const text of ["", "alice", "a.b.c", "e30.e30.", `${token}.${token}`, `${token}é`]) {
    expect(await lab.read(text)).toMatchObject({ verdict: "refused" });
  }
});

test.each(["cloudflare", "iap"] as const)("refuses another audience or issuer of %s", async (kind) => {
  const lab = await openProxyLab(kind);

  for (const aud of ["another", ["another"], `${AUDIENCE} `, undefined]) {
    expect(await lab.read(await lab.sign({ claims: { aud } }))).toEqual(refused(/another audience/));
  }
  for (const iss of ["https://evil.example", `${ISSUERS[kind]}/`, undefined]) {
    expect(await lab.read(await lab.sign({ claims: { iss } }))).toEqual(refused(/another issuer/));
  }
});

test("takes from Google only one audience, the configured", async () => {
  const lab = await openProxyLab("iap");

  expect(await lab.read(await lab.sign({ claims: { aud: [AUDIENCE, "another"] } }))).toEqual(
    refused(/audience is a list/),
  );
});

test("never repeats what a request says in its reasons", async () => {
  const hostile = "<script>\u001b[2J";
  for (const kind of KINDS) {
    const lab = await openProxyLab(kind);
    for (const name of ["iss", "aud", "sub", "exp", "nbf", "groups", "signer", "client", "kid", "typ", "crit"]) {
      const changes = { header: { [name]: hostile }, claims: { [name]: [hostile] } };
      const token = `${encodePart(lab.parts(changes).header)}.${encodePart(lab.parts(changes).claims as object)}.AA`;
      expect(JSON.stringify(await lab.read(token))).not.toContain("script");
    }
  }
});
