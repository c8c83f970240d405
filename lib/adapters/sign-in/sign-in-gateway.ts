import { APIError } from "better-auth/api";
import { AppError } from "#lib/services/errors.ts";
import type { SignInGateway } from "#lib/services/ports/people.ts";
import { type AuthSettings, createAuth } from "./auth-instance.ts";
import { createPasswordAccounts } from "./password-accounts.ts";
import { connectProvider, type ProviderSettings } from "./provider.ts";
import { createProviderLink } from "./provider-link.ts";
import { createProviderSignIn, NO_PROVIDER } from "./provider-sign-in.ts";
import { createSessionStore, dropEndedSessions, headersOf, toCookieHeader } from "./session-store.ts";

export type SignInOptions = AuthSettings & {
  readonly oidc: ProviderSettings | null;
  readonly monotonicMs: () => number;
};

/** Sign-in and sessions by better-auth, which knows nothing of HTTP here: each of its routes is called by one of ours. */
export function createSignInGateway({ oidc, monotonicMs, ...settings }: SignInOptions): SignInGateway {
  const auth = createAuth(settings, []);
  const sessions = createSessionStore(auth);
  const link =
    oidc === null
      ? null
      : createProviderLink({ connect: () => connectProvider(settings, oidc), monotonicMs, log: settings.log });

  async function signInWithPassword(...[input, visitor]: Parameters<SignInGateway["signInWithPassword"]>) {
    try {
      const { headers } = await auth.api.signInEmail({ body: input, headers: headersOf(visitor), returnHeaders: true });
      const cookies = headers.getSetCookie();
      const session = await sessions.findSession(toCookieHeader(cookies));
      if (session === null) throw lost();
      await dropEndedSessions(auth);
      return { session, cookies };
    } catch (error) {
      if (error instanceof APIError && (error.statusCode === 400 || error.statusCode === 401)) return null;
      throw toSignInError(error);
    }
  }

  return {
    ...sessions,
    ...createPasswordAccounts(auth),
    ...(link === null ? NO_PROVIDER : createProviderSignIn({ link, sessions, settings })),
    signInWithPassword,
    async signOut(cookie) {
      const headers = new Headers(cookie === null ? {} : { cookie });
      // Only the better-auth that knows the provider can say where that one signs people out.
      const knowing = link?.known()?.auth ?? auth;
      const body = { callbackURL: `${settings.publicUrl}/sign-in`, disableRedirect: true };
      const answer = await knowing.api.signOut({ headers, body, returnHeaders: true });
      return { cookies: answer.headers.getSetCookie(), providerUrl: answer.response.url ?? null };
    },
  };
}

function lost(): Error {
  return new Error("the session that was just opened is not there");
}

/** better-auth answers what the database refused with errors of its own. */
function toSignInError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError("Signing in does not work right now.", {
    code: "unavailable",
    hint: "Try again in a moment. Whoever administers Lockkeeper finds the reason in its log.",
    cause,
  });
}
