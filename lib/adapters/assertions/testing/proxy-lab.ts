import {
  type AssertionReader,
  type AssertionSettings,
  createAssertionReader,
} from "#lib/adapters/assertions/assertion-reader.ts";
import type { AssertionVerdict } from "#lib/domain/access/assertion.ts";
import { hangs, type KeyServer, openKeyServer } from "./key-server.ts";
import { type Algorithm, makeSigner, type Signer, signToken } from "./signer.ts";

export type Kind = AssertionSettings["kind"];
export const KINDS: readonly Kind[] = ["alb", "cloudflare", "iap"];

export const NOW_MS = Date.UTC(2026, 10, 27, 12);
export const NOW_S = NOW_MS / 1000;
export const SIGNER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/tools/50dc6c495c0c9188";
const TEAM = "https://acme.cloudflareaccess.com";
export const AUDIENCE = "the-audience";

export const ISSUERS: Record<Kind, string> = {
  alb: "https://idp.example",
  cloudflare: TEAM,
  iap: "https://cloud.google.com/iap",
};

const HEADER_NAMES: Record<Kind, string> = {
  alb: "x-amzn-oidc-data",
  cloudflare: "cf-access-jwt-assertion",
  iap: "x-goog-iap-jwt-assertion",
};

/** A busy machine is not taken for a server that hangs. */
export const PATIENT_MS = 15_000;
export const IMPATIENT_MS = 50;

/** Made once, since an RSA key takes long. */
const PROXY_SIGNERS: Record<Algorithm, Promise<Signer>> = { ES256: makeSigner("ES256"), RS256: makeSigner("RS256") };

/** A proxy of one kind with its keys on loopback, and a reader that is configured for it. */
export type ProxyLab = {
  readonly server: KeyServer;
  readonly signer: Signer;
  readonly algorithm: Algorithm;
  readonly settings: AssertionSettings;
  readonly clock: { nowMs: number };
  /** The parts of a token that is valid, but for what is given. A part that is undefined is left out. */
  readonly parts: (changes?: Changes) => { readonly header: Record<string, unknown>; readonly claims: unknown };
  readonly sign: (changes?: Changes, signer?: Signer) => Promise<string>;
  readonly reader: AssertionReader;
  readonly read: (token: string) => Promise<AssertionVerdict>;
  /** The key server does not answer, and is not waited for long. */
  readonly hang: () => void;
  readonly recover: () => void;
  readonly publish: (signers: readonly Signer[]) => void;
};

export type Changes = { readonly header?: Record<string, unknown>; readonly claims?: Record<string, unknown> };

export async function openProxyLab(kind: Kind): Promise<ProxyLab> {
  const server = await openKeyServer();
  const algorithm = kind === "cloudflare" ? "RS256" : "ES256";
  const signer = await PROXY_SIGNERS[algorithm];
  const settings = settingsOf(kind, server.url);
  const clock = { nowMs: NOW_MS };
  const options = { groupsClaim: "groups", now: () => clock.nowMs, timeoutMs: PATIENT_MS };
  const reader = createAssertionReader(settings, options);

  function parts(changes: Changes = {}): { header: Record<string, unknown>; claims: unknown } {
    const valid = validParts(kind);
    return {
      header: { alg: algorithm, kid: signer.kid, ...valid.header, ...changes.header },
      claims: { ...valid.claims, ...changes.claims },
    };
  }
  function publish(signers: readonly Signer[]): void {
    server.files.clear();
    server.files.set("/keys", JSON.stringify({ keys: signers.map(({ jwk }) => jwk) }));
    for (const { kid, pem } of signers) server.files.set(`/${kid}`, pem);
  }
  publish([signer]);

  return {
    server,
    signer,
    algorithm,
    settings,
    clock,
    parts,
    publish,
    hang: () => {
      server.behaviour = hangs;
      options.timeoutMs = IMPATIENT_MS;
    },
    recover: () => {
      server.behaviour = null;
      options.timeoutMs = PATIENT_MS;
    },
    reader,
    sign: (changes = {}, { kid, privateKey } = signer) =>
      signToken(parts({ ...changes, header: { kid, ...changes.header } }), privateKey),
    read: (token) => reader.read(new Headers({ [HEADER_NAMES[kind]]: token })),
  };
}

function settingsOf(kind: Kind, url: string): AssertionSettings {
  switch (kind) {
    case "alb":
      return { kind, signer: SIGNER, issuer: ISSUERS.alb, clientId: "lockkeeper", keysUrl: url };
    case "cloudflare":
      return { kind, teamUrl: TEAM, audience: AUDIENCE, keysUrl: `${url}/keys` };
    case "iap":
      return { kind, audience: AUDIENCE, keysUrl: `${url}/keys` };
  }
}

function validParts(kind: Kind): Required<Changes> {
  const person = { sub: "alice-1", email: "Alice@example.com", groups: ["platform"] };
  const times = { iat: NOW_S - 5, exp: NOW_S + 120 };
  switch (kind) {
    case "alb": {
      const header = { typ: "JWT", signer: SIGNER, client: "lockkeeper", iss: ISSUERS.alb, exp: times.exp };
      return { header, claims: { ...person, name: "Alice", exp: times.exp, iss: ISSUERS.alb } };
    }
    case "cloudflare":
      return {
        header: {},
        claims: { ...person, ...times, iss: ISSUERS.cloudflare, aud: [AUDIENCE, "another"], type: "app" },
      };
    case "iap":
      return { header: {}, claims: { ...person, ...times, iss: ISSUERS.iap, aud: AUDIENCE } };
  }
}

/** The headers of a request that carries a token for each kind of proxy given. */
export function headersOf(tokens: Partial<Record<Kind, string>>): Headers {
  return new Headers(Object.entries(tokens).map(([kind, token]) => [HEADER_NAMES[kind as Kind], token]));
}

/** An expiry in both places where a kind may keep it. */
export const expiresAt = (exp: unknown): Changes => ({ header: { exp }, claims: { exp } });
