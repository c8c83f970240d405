import { createHash } from "node:crypto";
import { getOAuthState } from "better-auth/api";
import { genericOAuth } from "better-auth/plugins/generic-oauth";
import { createRemoteJWKSet } from "jose";
import { z } from "zod";
import { type Claims, readSubject } from "#lib/domain/access/claims.ts";
import { judgeSignInTime } from "#lib/domain/access/provider-sign-in-time.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";
import type { Identity } from "#lib/domain/actor.ts";
import { type Auth, type AuthSettings, createAuth } from "./auth-instance.ts";
import { type Discovery, discover, discoveryUrlOf } from "./discovery.ts";
import { currentFlow, type Flow, type FlowProblem } from "./flow.ts";
import { gatherClaims } from "./provider-claims.ts";

export type ProviderSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  /** Where the provider sends browsers back to. */
  readonly redirectUrl: string;
  readonly keyOf: (identity: Identity) => string;
};

/** A provider that has told about itself, and the better-auth that knows it. */
export type Provider = {
  readonly auth: Auth;
  readonly id: string;
  readonly discovery: Discovery;
  readonly connectedAtMs: number;
};

/** What rides along with the state; only provider-sign-in.ts can have put it there. */
const Begun = z.object({ isAgain: z.boolean(), next: z.string(), startedAtMs: z.number() });

const PROVIDER_TIMEOUT_MS = 5_000;
/** Keys of others' choice only: no shared secret, and never none. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** Of an address that can belong to nobody. */
const NO_DOMAIN = "person.invalid";

/** Asks the provider about itself, or throws an error whose message says why that does not work. */
export async function connectProvider(settings: AuthSettings, oidc: ProviderSettings): Promise<Provider> {
  const discovery = await discover(oidc.issuer, PROVIDER_TIMEOUT_MS);
  // Another issuer or client is another provider: nobody of the one is taken for somebody of the other.
  const id = `oidc-${createHash("sha256")
    .update(JSON.stringify([discovery.issuer, oidc.clientId]))
    .digest("hex")
    .slice(0, 16)}`;
  const methods = discovery.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const source = { ...oidc, discovery, timeoutMs: PROVIDER_TIMEOUT_MS };
  const auth = createAuth(settings, [
    genericOAuth({
      config: [
        {
          providerId: id,
          discoveryUrl: discoveryUrlOf(oidc.issuer),
          requireIdTokenVerification: true,
          clientId: oidc.clientId,
          clientSecret: oidc.clientSecret,
          authentication: methods.includes("client_secret_basic") ? "basic" : "post",
          scopes: [...oidc.scopes],
          redirectURI: oidc.redirectUrl,
          pkce: true,
          accountSubject: ({ profile }) => profile.id ?? "",
          getUserInfo: async (tokens) => {
            const flow = currentFlow();
            if (flow === null) return null;
            try {
              if (flow.state !== null) await beginCallback(auth, flow, tokens.idToken);
              const claims = await gatherClaims(tokens, source);
              const subject = readSubject(claims);
              if (subject === null) throw new Error("the provider names nobody");
              if (flow.state !== null) flow.signedInAtMs = readSignInTime(claims, flow, settings.now());
              flow.claims = claims;
              const key = oidc.keyOf({ issuer: discovery.issuer, subject });
              return { id: key, sub: subject, name: key, email: `${key}@${NO_DOMAIN}`, emailVerified: false };
            } catch (error) {
              flow.problem = describeFailure(error);
              return null;
            }
          },
        },
      ],
    }),
  ]);
  const { socialProviders } = await auth.$context;
  const provider = socialProviders.find((candidate) => candidate.id === id);
  if (provider === undefined) throw new Error("the provider's answers lack what sign-in needs");
  const offered = discovery.id_token_signing_alg_values_supported ?? ALGORITHMS;
  provider.idToken = {
    // Sooner than every 30 s, which is how long nobody could sign in after the provider changed its keys.
    jwks: createRemoteJWKSet(new URL(discovery.jwks_uri), {
      cooldownDuration: 1_000,
      timeoutDuration: PROVIDER_TIMEOUT_MS,
    }),
    issuer: discovery.issuer,
    audience: oidc.clientId,
    algorithms: ALGORITHMS.filter((name) => offered.includes(name)),
  };
  return { auth, id, discovery, connectedAtMs: settings.now() };
}

function readSignInTime(claims: Claims, { isAgain, startedAtMs }: Flow, nowMs: number): number | null {
  const time = judgeSignInTime(claims, isAgain ? startedAtMs : null, nowMs);
  if (time.verdict === "too_old") throw new Refused("not_again", "the provider did not ask to sign in again");
  return time.verdict === "told" ? time.atMs : null;
}

/** What the state of a sign-in that comes back says of it. Throws for the second of two callbacks, in this process or in two. */
async function beginCallback(auth: Auth, flow: Flow, idToken: string | undefined): Promise<void> {
  const { internalAdapter } = await auth.$context;
  const expiresAt = new Date(Date.now() + 15 * 60_000);
  const used = { identifier: `used:${flow.state}`, value: "used", expiresAt };
  if (!(await internalAdapter.reserveVerificationValue(used)))
    throw new Refused("not_begun_here", "it was finished before");
  // better-auth would ask for the user info instead, which no nonce binds to this browser.
  if (idToken === undefined) throw new Error("the provider sent no ID token");
  Object.assign(flow, Begun.parse((await getOAuthState())?.["begun"]));
}

class Refused extends Error {
  readonly problem: SignInProblem;

  constructor(problem: SignInProblem, reason: string) {
    super(reason);
    this.problem = problem;
  }
}

function describeFailure(error: unknown): FlowProblem {
  if (error instanceof Refused) return { problem: error.problem, reason: error.message };
  return { problem: "refused", reason: error instanceof Error ? error.message : String(error) };
}
