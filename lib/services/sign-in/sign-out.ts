import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { requireDesk } from "./desk.ts";

/** Ends the session of a cookie. Answers the cookies that forget it, and where the provider ends its own session, if it does. */
export async function signOut(
  ctx: Context,
  input: { readonly cookie: string | null },
): Promise<{ readonly cookies: readonly string[]; readonly providerUrl: string | null }> {
  const { gateway } = requireDesk(ctx);
  const signedOut = await gateway.signOut(input.cookie);
  const { actor, signIn, requestId } = ctx;
  if (signIn.kind === "session") {
    const details = { sessionId: signIn.sessionId, how: "signed out" };
    const entry = { action: "sign_in.ended", actor, atMs: ctx.now(), requestId, unlockId: null, details } as const;
    await recordInTime(ctx, () => ctx.audit.append(entry));
  }
  return signedOut;
}
