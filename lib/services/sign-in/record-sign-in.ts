import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { formatOneLine } from "#lib/domain/display-text.ts";
import { recordFew } from "#lib/services/audit/record-few.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { OpenSession, SignInDesk, Visitor } from "#lib/services/ports/people.ts";
import { actorOf } from "./desk.ts";

type Recorder = Parameters<typeof recordFew>[0] & Pick<Context, "people">;

/** Puts a sign-in on the trail. One that cannot be recorded is taken back, and the failure goes on to the caller. */
export async function recordSignIn(
  ctx: Recorder,
  { gateway }: Pick<SignInDesk, "gateway">,
  {
    person,
    session,
    visitor,
    isAgain,
  }: { person: KnownPerson; session: OpenSession; visitor: Visitor; isAgain: boolean },
): Promise<void> {
  const atMs = ctx.now();
  const details = { by: person.kind, sessionId: session.id, address: visitor.address, ...(isAgain && { again: true }) };
  const entry = { action: "sign_in.succeeded", actor: actorOf(person), atMs, requestId: ctx.requestId } as const;
  try {
    await recordInTime(ctx, () => ctx.audit.append({ ...entry, unlockId: null, details }));
    await ctx.people.recordSignIn(person.key, atMs);
  } catch (error) {
    await gateway.endSession(person.key, session.id).catch((cause: unknown) => {
      ctx.log.error({ cause: String(cause) }, "could not end a session whose sign-in could not be recorded");
    });
    throw error;
  }
}

/** Puts a sign-in that failed on the trail, under the name that was claimed. */
export async function recordFailedSignIn(
  ctx: Recorder,
  { claimed, by, reason, visitor }: { claimed: string; by: "password" | "oidc"; reason: string; visitor: Visitor },
): Promise<void> {
  const name = formatOneLine(claimed, { maxLength: 200 }) || "unknown";
  await recordFew({ ...ctx, actor: { kind: "stranger", name } }, "sign_in.failed", {
    by,
    reason,
    address: visitor.address,
  });
}

/** Ends the session that a browser had before it signed in: what a person begins anew gets a new name. */
export async function endEarlierSession(
  ctx: Pick<Context, "log">,
  { gateway }: Pick<SignInDesk, "gateway">,
  visitor: Visitor,
): Promise<void> {
  try {
    const earlier = await gateway.findSession(visitor.cookie);
    if (earlier !== null) await gateway.endSession(earlier.personKey, earlier.id);
  } catch (cause) {
    // It ends by itself; the person who just signed in should not be kept out for it.
    ctx.log.warn({ cause: String(cause) }, "could not end the session before this sign-in");
  }
}
