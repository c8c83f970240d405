import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { identityOf } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { OpenSession, SignInGateway } from "#lib/services/ports/people.ts";
import { describeAsker } from "./add-person.ts";

export type OwnSession = Pick<OpenSession, "id" | "startedAtMs" | "lastUsedAtMs" | "ipAddress" | "userAgent"> & {
  readonly isCurrent: boolean;
};

/** Where whoever asks is signed in, the newest use first; nothing where nobody signs in here, or a token asks. */
export async function listOwnSessions(ctx: Context): Promise<readonly OwnSession[]> {
  const own = await findOwn(ctx);
  if (own === null) return [];
  const sessions = await own.gateway.listSessions(own.person.key);
  return sessions
    .map(({ id, startedAtMs, lastUsedAtMs, ipAddress, userAgent }) => {
      return { id, startedAtMs, lastUsedAtMs, ipAddress, userAgent, isCurrent: id === own.sessionId };
    })
    .toSorted((one, other) => other.lastUsedAtMs - one.lastUsedAtMs);
}

/** Ends a session of whoever asks, on the trail. Throws `not_found` for one that is over, or somebody else's. */
export async function endOwnSession(ctx: Context, sessionId: string): Promise<void> {
  const own = await findOwn(ctx);
  if (own === null || !(await own.gateway.endSession(own.person.key, sessionId))) {
    throw new AppError("You have no such session.", { code: "not_found", hint: "It may be over: load the page anew." });
  }
  const { issuer, subject, name, email } = own.person;
  const details = { person: { issuer, subject, name, email }, change: "ended_own", sessions: 1 };
  await recordInTime(ctx, () => ctx.audit.append({ action: "session.revoked", ...describeAsker(ctx), details }));
}

type Own = { readonly person: KnownPerson; readonly sessionId: string; readonly gateway: SignInGateway };

async function findOwn(ctx: Context): Promise<Own | null> {
  const identity = identityOf(ctx.actor);
  const gateway = ctx.signInDesk?.gateway;
  if (identity === null || gateway === undefined || ctx.signIn.kind !== "session") return null;
  const person = await ctx.people.find(identity);
  return person === null ? null : { person, sessionId: ctx.signIn.sessionId, gateway };
}
