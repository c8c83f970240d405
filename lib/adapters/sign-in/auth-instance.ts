import type { BetterAuthOptions, BetterAuthPlugin } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { betterAuth } from "better-auth/minimal";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "#lib/domain/access/password-rule.ts";
import type { Log } from "#lib/services/ports/context.ts";
import { currentFlow } from "./flow.ts";
import { withHashedTokens } from "./hashed-tokens.ts";
import { createPasswordHasher } from "./password-hasher.ts";

export type AuthSettings = {
  /** The client of the database that has better-auth's tables (prisma/schema.prisma). */
  readonly prisma: object;
  readonly secret: string;
  /** Where browsers find us, without a path. */
  readonly publicUrl: string;
  readonly session: { readonly idleMs: number; readonly absoluteMs: number };
  readonly now: () => number;
  readonly log: Log;
};

export type Auth = ReturnType<typeof createAuth>;

/** Tells better-auth the address of whoever asks; no request of a browser gets as far as to set it. */
export const ADDRESS_HEADER = "x-lockkeeper-address";
/** Its routes are never mounted. We call what we need of them, under this name. */
const BASE_PATH = "/api/auth";
/** One for the process, like the cores. */
const HASHER = createPasswordHasher();

/** better-auth with as little of it as we need: passwords, sessions in the database, and what `plugins` add. */
export function createAuth(settings: AuthSettings, plugins: readonly BetterAuthPlugin[]) {
  const { prisma, secret, publicUrl, session, now, log } = settings;
  const isSecure = publicUrl.startsWith("https://");
  return betterAuth({
    appName: "Lockkeeper",
    baseURL: publicUrl,
    basePath: BASE_PATH,
    secret,
    database: (options: BetterAuthOptions) =>
      withHashedTokens(prismaAdapter(prisma, { provider: "postgresql", transaction: true })(options)),
    plugins: [...plugins],
    telemetry: { enabled: false },
    // Ours counts in the database, over all replicas, and by account too.
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
      password: HASHER,
    },
    user: { modelName: "signInUser", fields: { name: "personKey" } },
    account: {
      modelName: "signInAccount",
      accountLinking: { enabled: false },
      encryptOAuthTokens: true,
      storeStateStrategy: "database",
    },
    session: {
      modelName: "signInSession",
      // The absolute limit. That of use is ours to keep: a page cannot set a cookie.
      expiresIn: Math.floor(session.absoluteMs / 1000),
      disableSessionRefresh: true,
      // A session that was ended would live on in the browser's cookie.
      cookieCache: { enabled: false },
      additionalFields: {
        signedInAt: { type: "date", required: false, input: false },
        lastUsedAt: { type: "date", required: false, input: false },
      },
    },
    verification: { modelName: "signInVerification", storeIdentifier: "hashed" },
    databaseHooks: {
      session: {
        create: {
          before: async (row) => {
            const flow = currentFlow();
            const signedInAtMs = flow === null ? now() : flow.signedInAtMs;
            const signedInAt = signedInAtMs === null ? null : new Date(signedInAtMs);
            return { data: { ...row, signedInAt, lastUsedAt: new Date(now()) } };
          },
          after: async (row) => {
            const flow = currentFlow();
            if (flow !== null) flow.sessionId = row.id;
          },
        },
      },
    },
    advanced: {
      useSecureCookies: false,
      // It would put __Secure- before these names; __Host- promises more.
      cookies: Object.fromEntries(
        ["session_token", "state", "dont_remember", "session_data", "account_data"].map((name) => [
          name,
          { name: `${isSecure ? "__Host-" : ""}lockkeeper_${name}` },
        ]),
      ),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { validateSchema: false },
    },
    logger: {
      level: "warn",
      // Arguments may hold what must not be logged.
      log: (level, message) => log[level === "error" ? "error" : "warn"]({ from: "better-auth" }, message),
    },
  });
}
