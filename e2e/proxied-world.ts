import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { type Api, createApi } from "./api.ts";
import { startWorld, type World, type WorldOptions } from "./world.ts";

/** Somebody whom the proxy in front vouches for. */
export type ProxiedPerson = {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly name?: string;
  /** Now, unless told otherwise. */
  readonly signedInMs?: number;
};

/** A world in which a proxy in front, which signs what it says, tells who sends a request. */
export type ProxiedWorld = World & {
  /** What the proxy adds to each request of a person. */
  readonly headersOf: (person: ProxiedPerson) => Promise<Readonly<Record<string, string>>>;
  /** The API as a person's own page would call it. */
  readonly apiOf: (person: ProxiedPerson) => Promise<Api>;
};

const ALGORITHM = "ES256";
const AUDIENCE = "/projects/1/apps/lockkeeper";
const ISSUER = "https://cloud.google.com/iap";
const VALID_S = 3600;

/** `access` is what the configuration says beside the mode. The caller closes the world. */
export async function startProxiedWorld(
  access: Readonly<Record<string, unknown>>,
  options: WorldOptions,
): Promise<ProxiedWorld> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "proxy-1", alg: ALGORITHM, use: "sig" }] };
  const keyServer = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
  const address = keyServer.address();
  const keysUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/keys`;
  const proxy = { kind: "iap", audience: AUDIENCE, keysUrl };
  const world = await startWorld({
    ...options,
    access: { freshSignIn: "5m", ...access, mode: "proxy", proxy },
  }).catch((error: unknown) => {
    keyServer.close();
    throw error;
  });

  const headersOf: ProxiedWorld["headersOf"] = async ({ subject, groups, name, signedInMs = Date.now() }) => {
    const nowS = Math.floor(Date.now() / 1000);
    const claims = { name: name ?? subject, groups, auth_time: Math.floor(signedInMs / 1000) };
    const assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: "proxy-1" })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + VALID_S)
      .sign(privateKey);
    return { "x-goog-iap-jwt-assertion": assertion };
  };
  return {
    ...world,
    headersOf,
    apiOf: async (person) => createApi(world.product.url, { ...(await headersOf(person)), origin: world.product.url }),
    close: async () => {
      await world.close();
      await new Promise((resolve) => keyServer.close(resolve));
    },
  };
}
