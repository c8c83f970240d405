import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { decodeJwt } from "jose";
import { Events, OAuth2Server } from "oauth2-mock-server";

export type SigningKey = { readonly kid: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
type Claims = Record<string, unknown>;

export type BrokenProvider = {
  readonly issuer: string;
  /** What it does from now on; a test changes what it is about. */
  readonly behaviour: {
    /** Changes the ID token before it is signed. */
    change: (claims: Claims) => Claims;
    /** Makes the token of the claims. */
    sign: (claims: Claims) => string | undefined;
    /** Answers for the keys. */
    keys: (response: ServerResponse) => void;
    /** What the user info says. */
    userInfo: (body: Claims) => Claims;
    /** Changes what the token endpoint answers. */
    tokens: (answer: { body: Claims; statusCode: number }) => void;
    /** Holds back every answer. */
    isSilent: boolean;
  };
  readonly key: SigningKey;
  /** How often the token endpoint was asked. */
  readonly asked: { tokens: number };
  readonly close: () => Promise<void>;
};

export const CLIENT_ID = "lockkeeper";
const GOOD: Claims = {
  sub: "u-1",
  name: "Riley Doe",
  email: "riley@acme.com",
  email_verified: true,
  groups: ["platform"],
};

export function makeKey(): SigningKey {
  return { kid: randomUUID(), ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
}

/** A token of these parts, with any header: what no library would sign. */
export function makeToken(header: Claims, claims: Claims, signature: (data: string) => Buffer): string {
  const encode = (part: Claims) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const data = `${encode(header)}.${encode(claims)}`;
  return `${data}.${signature(data).toString("base64url")}`;
}

export function signWith({ kid, privateKey }: SigningKey, claims: Claims): string {
  return makeToken({ alg: "RS256", kid }, claims, (data) => sign("RSA-SHA256", Buffer.from(data), privateKey));
}

/** With the public key as a shared secret: whoever takes the algorithm from the token is fooled. */
export function signWithPublicKey({ kid, publicKey }: SigningKey, claims: Claims): string {
  const pem = publicKey.export({ type: "spki", format: "pem" });
  return makeToken({ alg: "HS256", kid }, claims, (data) => createHmac("sha256", pem).update(data).digest());
}

export function answerKeys(response: ServerResponse, keys: readonly SigningKey[]): void {
  const jwks = keys.map(({ kid, publicKey }) => ({
    ...publicKey.export({ format: "jwk" }),
    kid,
    alg: "RS256",
    use: "sig",
  }));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: jwks }));
}

/** A provider on loopback that can be wrong in every way. */
export async function startBrokenProvider(): Promise<BrokenProvider> {
  const mock = new OAuth2Server();
  await mock.issuer.keys.generate("RS256");
  const key = makeKey();
  const asked = { tokens: 0 };
  const behaviour: BrokenProvider["behaviour"] = {
    change: (claims) => claims,
    sign: (claims) => signWith(key, claims),
    keys: (response) => answerKeys(response, [key]),
    userInfo: (body) => body,
    tokens: () => undefined,
    isSilent: false,
  };
  mock.service.on(Events.BeforeResponse, (answer: { body: Claims; statusCode: number }) => {
    asked.tokens += 1;
    const { id_token: idToken, ...rest } = answer.body;
    const signed = behaviour.sign(behaviour.change({ ...decodeJwt(String(idToken)), ...GOOD }));
    answer.body = signed === undefined ? rest : { ...rest, id_token: signed };
    behaviour.tokens(answer);
  });
  mock.service.on(Events.BeforeUserinfo, (answer: { body: Claims }) => {
    answer.body = behaviour.userInfo({ sub: GOOD["sub"] });
  });
  const server = createServer((request, response) => {
    if (behaviour.isSilent) return;
    if (request.url?.startsWith("/jwks")) behaviour.keys(response);
    else mock.service.requestHandler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  mock.issuer.url = issuer;
  return {
    issuer,
    behaviour,
    key,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
