import { readEmail, readGroups, readName } from "#lib/domain/access/claims.ts";
import { toLocalPath } from "#lib/domain/access/local-path.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Visitor } from "#lib/services/ports/people.ts";
import { requireDesk } from "./desk.ts";
import { endEarlierSession, recordFailedSignIn, recordSignIn } from "./record-sign-in.ts";

export type FinishedSignIn =
  | { readonly verdict: "signed_in"; readonly cookies: readonly string[]; readonly next: string }
  | { readonly verdict: "refused"; readonly problem: SignInProblem };

/**
 * Ends a sign-in that began at the provider: who it vouches for gets a session, and nobody else. Throws `unavailable` where the
 * provider cannot be reached.
 */
export async function finishProviderSignIn(
  ctx: Context,
  input: { readonly query: Readonly<Record<string, string>>; readonly visitor: Visitor },
): Promise<FinishedSignIn> {
  const desk = requireDesk(ctx);
  const { query, visitor } = input;
  const refuse = async (claimed: string, problem: SignInProblem, reason: string): Promise<FinishedSignIn> => {
    await recordFailedSignIn(ctx, { claimed, by: "oidc", reason, visitor });
    ctx.log.warn({ reason }, "a sign-in at the identity provider was refused");
    return { verdict: "refused", problem };
  };
  const result = await desk.gateway.finishAtProvider(query, visitor);
  if (result.verdict === "refused") return refuse("unknown", result.problem, result.reason);
  const { session, identity, claims, isAgain } = result;
  const email = readEmail(claims);
  const name = readName(claims) ?? email ?? identity.subject;
  const groups = readGroups(claims, desk.groupsClaim);
  if (groups.verdict === "refused") {
    await desk.gateway.endSession(session.personKey, session.id);
    return refuse(name, "groups", groups.problem);
  }
  const said = { name, email, groups: groups.groups, atMs: ctx.now() };
  const person = await ctx.people.record({ ...identity, kind: "oidc", ...said });
  if (person.disabledAtMs !== null || person.key !== session.personKey) {
    await desk.gateway.endSession(session.personKey, session.id);
    return refuse(name, "disabled", "disabled");
  }
  await recordSignIn(ctx, desk, { person, session, visitor, isAgain });
  await endEarlierSession(ctx, desk, visitor);
  return { verdict: "signed_in", cookies: result.cookies, next: toLocalPath(result.next) };
}
