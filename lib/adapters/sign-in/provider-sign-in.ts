import { readSubject } from "#lib/domain/access/claims.ts";
import type { ProviderSignIn, SignInGateway, Visitor } from "#lib/services/ports/people.ts";
import type { AuthSettings } from "./auth-instance.ts";
import { type FlowProblem, newFlow, runFlow } from "./flow.ts";
import { inProviderTime } from "./in-provider-time.ts";
import type { Provider } from "./provider.ts";
import type { ProviderLink } from "./provider-link.ts";
import { readClaimsAnew } from "./read-claims.ts";
import { dropEndedSessions, headersOf, toCookieHeader } from "./session-store.ts";

type AtProvider = Pick<SignInGateway, "beginAtProvider" | "finishAtProvider" | "readClaims" | "probeProvider">;

type Options = {
  readonly link: ProviderLink;
  readonly sessions: Pick<SignInGateway, "findSession">;
  readonly settings: AuthSettings;
};

/** Sign-in at the provider: code, PKCE, state and nonce by better-auth; what else must hold is in provider.ts. */
export function createProviderSignIn({ link, sessions, settings }: Options): AtProvider {
  return {
    async beginAtProvider({ next, isAgain }) {
      const { auth, id } = await link.check();
      const startedAtMs = settings.now();
      const maxAge = isAgain ? 0 : Math.floor(settings.session.absoluteMs / 1000);
      // Asked for a greatest age, a provider must say when the person signed in there (OpenID Connect Core, 3.1.2.1).
      const additionalParams = { max_age: String(maxAge), ...(isAgain && { prompt: "login" }) };
      const additionalData = { begun: { next, isAgain, startedAtMs } };
      const { headers, response } = await auth.api.signInSocial({
        body: { provider: id, callbackURL: "/", disableRedirect: true, additionalParams, additionalData },
        headers: new Headers(),
        returnHeaders: true,
      });
      if (response.url === undefined) throw new Error("better-auth names no place to sign in at");
      return { url: response.url, cookies: headers.getSetCookie() };
    },
    async finishAtProvider(query, visitor) {
      const provider = await link.open();
      return finish(provider, sessions, query, visitor);
    },
    readClaims: async (person) => {
      const provider = await link.open().catch(() => null);
      return provider === null ? { verdict: "unavailable" } : readClaimsAnew(provider, person);
    },
    probeProvider: () =>
      link.check().then(
        () => true,
        () => false,
      ),
  };
}

/** Where nobody signs in at a provider. */
export const NO_PROVIDER: AtProvider = {
  beginAtProvider: () => Promise.reject(new Error("There is no provider.")),
  finishAtProvider: async () => ({ verdict: "refused", problem: "refused", reason: "there is no provider" }),
  readClaims: async () => ({ verdict: "ended" }),
  probeProvider: async () => null,
};

async function finish(
  { auth, id, discovery }: Provider,
  sessions: Options["sessions"],
  query: Readonly<Record<string, string>>,
  visitor: Visitor,
): Promise<ProviderSignIn> {
  const flow = newFlow({ state: query["state"] ?? "" });
  const call = { params: { id }, query: { ...query }, headers: headersOf(visitor), asResponse: true } as const;
  const response = await inProviderTime(runFlow(flow, () => auth.api.callbackOAuth({ ...call, method: "GET" })));
  const cookies = response.headers.getSetCookie();
  const session = flow.sessionId === null ? null : await sessions.findSession(toCookieHeader(cookies));
  const subject = flow.claims === null ? null : readSubject(flow.claims);
  if (session === null || flow.claims === null || subject === null) {
    return { verdict: "refused", ...(flow.problem ?? describeError(response)) };
  }
  await dropEndedSessions(auth);
  const { claims, isAgain, next } = flow;
  return {
    verdict: "verified",
    session,
    cookies,
    identity: { issuer: discovery.issuer, subject },
    claims,
    isAgain,
    next,
  };
}

const BEGUN_ELSEWHERE = "it was not begun in this browser, or too long ago, or is finished already";
const REASONS: Readonly<Record<string, FlowProblem>> = {
  state_mismatch: { problem: "not_begun_here", reason: BEGUN_ELSEWHERE },
  state_not_found: { problem: "not_begun_here", reason: BEGUN_ELSEWHERE },
  invalid_code: { problem: "refused", reason: "the provider did not take its own code back" },
  issuer_mismatch: { problem: "refused", reason: "the answer comes from another provider" },
  unable_to_get_user_info: { problem: "refused", reason: "what the provider says cannot be verified" },
  access_denied: { problem: "refused", reason: "the provider refused" },
  login_required: { problem: "refused", reason: "the provider did not sign anybody in" },
};

/** better-auth puts the reason into the address that it would send the browser to. */
function describeError(response: Response): FlowProblem {
  const code = URL.parse(response.headers.get("location") ?? "", "http://lockkeeper.invalid")?.searchParams.get(
    "error",
  );
  return REASONS[code ?? ""] ?? { problem: "refused", reason: "the sign-in did not come to an end" };
}
