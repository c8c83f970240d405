import { decodeJwt } from "jose";
import type { Claims } from "#lib/domain/access/claims.ts";
import { type Discovery, readJson } from "./discovery.ts";

type Tokens = { readonly idToken?: string | undefined; readonly accessToken?: string | undefined };

export type ClaimsSource = {
  readonly discovery: Discovery;
  readonly clientId: string;
  readonly groupsClaim: string;
  readonly timeoutMs: number;
};

/**
 * All that the provider says about somebody: an ID token, which better-auth has verified before, and for what that lacks the
 * user info. Throws with the reason in our words where it cannot be known in full.
 */
export async function gatherClaims(tokens: Tokens, source: ClaimsSource): Promise<Claims> {
  const own: Claims = tokens.idToken === undefined ? {} : decodeJwt(tokens.idToken);
  if (own["azp"] !== undefined && own["azp"] !== source.clientId) throw new Error("the ID token is for another client");
  const { userinfo_endpoint: endpoint } = source.discovery;
  const isComplete = [source.groupsClaim, "email", "sub"].every((name) => Object.hasOwn(own, name));
  if (isComplete || endpoint === undefined || tokens.accessToken === undefined) return own;
  const info = await askUserInfo(endpoint, tokens.accessToken, source.timeoutMs);
  // OpenID Connect Core, 5.3.2: else anybody's answer could stand in for somebody's.
  if (own["sub"] !== undefined && info["sub"] !== own["sub"]) throw new Error("the user info is about somebody else");
  return { ...info, ...own };
}

async function askUserInfo(endpoint: string, accessToken: string, timeoutMs: number): Promise<Claims> {
  const response = await fetch(endpoint, {
    headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the provider answered ${response.status} when asked for the user info`);
  const info = await readJson(response);
  if (typeof info !== "object" || info === null || Array.isArray(info)) throw new Error("the user info is no object");
  return { ...info };
}
