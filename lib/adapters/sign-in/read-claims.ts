import { symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { SignInGateway } from "#lib/services/ports/people.ts";
import { newFlow, runFlow } from "./flow.ts";
import { inProviderTime } from "./in-provider-time.ts";
import { findUser } from "./password-accounts.ts";
import type { Provider } from "./provider.ts";

type Answer = Awaited<ReturnType<SignInGateway["readClaims"]>>;

/** What the provider says about somebody now, by the refresh token that it gave for them. */
export async function readClaimsAnew(provider: Provider, person: KnownPerson): Promise<Answer> {
  const { auth, id, discovery } = provider;
  if (person.issuer !== discovery.issuer) return { verdict: "ended" };
  const context = await auth.$context;
  const user = await findUser(context.adapter, person.key);
  const accounts = user === null ? [] : await context.internalAdapter.findAccounts(user.id);
  const account = accounts.find(({ providerId }) => providerId === id);
  const source = context.socialProviders.find((candidate) => candidate.id === id);
  if (!account?.refreshToken || source?.refreshAccessToken === undefined) return { verdict: "ended" };
  const refresh = source.refreshAccessToken;
  const key = context.secretConfig;
  const encrypt = (data: string) => symmetricEncrypt({ key, data });
  const refreshToken = await symmetricDecrypt({ key, data: account.refreshToken });
  try {
    const tokens = await inProviderTime(refresh(refreshToken));
    // A provider that gives a new one with each takes the old one no longer.
    await context.internalAdapter.updateAccount(account.id, {
      ...(tokens.accessToken !== undefined && { accessToken: await encrypt(tokens.accessToken) }),
      ...(tokens.refreshToken !== undefined && { refreshToken: await encrypt(tokens.refreshToken) }),
      ...(tokens.idToken !== undefined && { idToken: tokens.idToken }),
    });
    const flow = newFlow();
    await inProviderTime(runFlow(flow, () => source.getUserInfo(tokens)));
    if (flow.claims === null) return { verdict: "unavailable" };
    return flow.claims["sub"] === person.subject ? { verdict: "read", claims: flow.claims } : { verdict: "ended" };
  } catch (error) {
    return { verdict: isRefusal(error) ? "ended" : "unavailable" };
  }
}

/** `invalid_grant` and its like: the provider answered, and does not vouch for this person any longer. */
function isRefusal(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("status" in error)) return false;
  return error.status === 400 || error.status === 401 || error.status === 403;
}
