import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";

export const CLIENT = { id: "lockkeeper", secret: "a-secret-that-only-the-tests-know" };

/** A certified provider on loopback, with one person who is asked before each sign-in. */
export type IdentityProvider = {
  readonly issuer: string;
  /** What it says about the person from now on. */
  readonly claims: { groups: readonly string[]; name: string; email: string };
  /** Where it may send browsers back to. */
  serve(productUrl: string): void;
  /** Signs with other keys from now on. */
  rotateKeys(): void;
  /** Whether it answers at all. */
  setUp(isUp: boolean): void;
  close(): Promise<void>;
};

/** Another site than the product's, so that its cookies are those of another one. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const claims: IdentityProvider["claims"] = { groups: ["platform"], name: "Riley Doe", email: "riley@acme.com" };
  let handle: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  let productUrl = "";
  let isUp = true;
  const server = createServer((request, response) => {
    if (isUp && handle !== null) handle(request, response);
    else request.socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const issuer = `http://localhost:${typeof address === "object" && address !== null ? address.port : 0}`;
  const restart = () => {
    handle = createHandler(issuer, productUrl, claims);
  };
  return {
    issuer,
    claims,
    serve(url) {
      productUrl = url;
      restart();
    },
    rotateKeys: restart,
    setUp(value) {
      isUp = value;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const PERSON = "person-4711";

function createHandler(issuer: string, productUrl: string, said: IdentityProvider["claims"]) {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${productUrl}/api/v1/sign-in/callback`],
        post_logout_redirect_uris: [`${productUrl}/sign-in`],
        grant_types: ["authorization_code", "refresh_token"],
      },
    ],
    findAccount: async (_ctx: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub, ...said, email_verified: true }),
    }),
    claims: { openid: ["sub", "groups"], profile: ["name"], email: ["email", "email_verified"] },
    scopes: ["openid", "profile", "email", "offline_access"],
    // Else the claims come from the user info alone.
    conformIdTokenClaims: false,
    issueRefreshToken: async () => true,
    pkce: { required: () => true },
    cookies: { keys: ["only-for-the-tests"] },
    jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: crypto.randomUUID() }] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx: { body: string }, form: string) => {
          ctx.body = page(`${form}<button form="op.logoutForm" name="logout" value="yes">Sign out there</button>`);
        },
      },
    },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  });
  const callback = provider.callback();
  return (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith("/interaction/")) callback(request, response);
    else if (request.method === "POST") void finish(provider, request, response);
    else
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(page('<form method="post"><button>Continue as Riley</button></form>'));
  };
}

async function finish(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    await provider.interactionFinished(request, response, { login: { accountId: PERSON } });
    return;
  }
  const grant = new provider.Grant({ accountId: PERSON, clientId: CLIENT.id });
  grant.addOIDCScope(String(params["scope"]));
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><body>${body}</body></html>`;
}
