import "server-only";
import { randomBytes } from "node:crypto";
import { ulid } from "ulid";
import { createAssertionReader } from "#lib/adapters/assertions/assertion-reader.ts";
import { computePersonKey } from "#lib/adapters/db/person-row.ts";
import { createSignInGateway } from "#lib/adapters/sign-in/sign-in-gateway.ts";
import type { AccessConfig } from "#lib/server/config/access-config.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SignInDesk } from "#lib/services/ports/people.ts";
import { createGroupsRefresher } from "#lib/services/sign-in/refresh-groups.ts";
import { createAccessOf } from "./access-of.ts";
import { type Authenticate, localPrincipal } from "./principal.ts";
import { createProxyAuthenticator } from "./proxy-authenticator.ts";
import { createSessionAuthenticator, maySignIn } from "./session-authenticator.ts";
import { withTokens } from "./token-authenticator.ts";
import { tokenPrincipal } from "./token-principal.ts";

export type OpenAccess = Pick<Context, "accessOf" | "freshSignInMsMax" | "signInDesk"> & {
  readonly authenticate: Authenticate;
};

export type AccessWorld = Pick<
  Context,
  "people" | "tokens" | "sha256" | "audit" | "counters" | "log" | "now" | "monotonicMs" | "pause" | "storeAnswerMsMax"
> & {
  /** The client of the database that has better-auth's tables. */
  readonly prisma: object;
  readonly secret: () => string;
  readonly publicUrl: string;
  readonly rates: SignInDesk["rates"];
};

/** Where the provider sends browsers back to; it is told so when Lockkeeper is registered there. */
const CALLBACK_PATH = "/api/v1/sign-in/callback";

/** How requests show who they are from, by the configuration. Headers of a proxy mean nothing in any other mode. */
export function openAccess(config: AccessConfig, world: AccessWorld): OpenAccess {
  const { freshSignInMsMax } = config;
  switch (config.mode) {
    case "local": {
      const local = localPrincipal();
      return { authenticate: async () => local, accessOf: async () => null, freshSignInMsMax, signInDesk: null };
    }
    case "proxy":
      return { ...openProxy(config, world), freshSignInMsMax, signInDesk: null };
    case "password":
    case "oidc":
      return { ...openDesk(config, config.mode, world), freshSignInMsMax };
  }
}

function openProxy(config: AccessConfig, world: AccessWorld): Pick<OpenAccess, "authenticate" | "accessOf"> {
  const { proxy } = config;
  if (proxy === null) throw new Error("The mode proxy has no proxy.");
  const { people, now } = world;
  const reader = createAssertionReader(proxy, { groupsClaim: proxy.groupsClaim, now });
  const accessOf = createAccessOf({ people, now, config, isOurs: ({ kind }) => kind === "proxy", refreshGroups: null });
  const authenticate: Authenticate = (headers) =>
    createProxyAuthenticator({
      ...world,
      config,
      readAssertion: reader.read,
      actor: { kind: "stranger", name: "unknown" },
      requestId: ulid(),
    })(headers);
  return {
    authenticate: withTokens(authenticate, (bearer) => tokenPrincipal({ ...world, accessOf }, bearer)),
    accessOf,
  };
}

function openDesk(
  config: AccessConfig,
  mode: SignInDesk["mode"],
  world: AccessWorld,
): Pick<OpenAccess, "authenticate" | "accessOf" | "signInDesk"> {
  const { people, now, log, publicUrl, rates } = world;
  const { oidc, breakGlassPeople, session } = config;
  const gateway = createSignInGateway({
    ...world,
    session,
    secret: world.secret(),
    oidc: oidc && { ...oidc, redirectUrl: `${publicUrl}${CALLBACK_PATH}`, keyOf: computePersonKey },
  });
  const desk: SignInDesk = {
    gateway,
    mode,
    breakGlassPeople,
    providerName: oidc?.name ?? null,
    groupsClaim: oidc?.groupsClaim ?? "groups",
    publicUrl,
    newSecret: () => randomBytes(32).toString("base64url"),
    rates,
  };
  const refreshGroups = createGroupsRefresher({ ...world, gateway, groupsClaim: desk.groupsClaim });
  const isOurs: Parameters<typeof createAccessOf>[0]["isOurs"] = (person) => maySignIn(desk, person);
  const accessOf = createAccessOf({ people, now, config, isOurs, refreshGroups });
  const bySession = createSessionAuthenticator({ people, now, log, desk, config, refreshGroups });
  return {
    authenticate: withTokens(bySession, (bearer) => tokenPrincipal({ ...world, accessOf }, bearer)),
    accessOf,
    signInDesk: desk,
  };
}
