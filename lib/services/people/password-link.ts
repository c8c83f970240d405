import type { Context } from "#lib/services/ports/context.ts";
import type { SignInDesk } from "#lib/services/ports/people.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";

const LINK_LIFE_MS = 24 * 60 * 60_000;

/** Makes a one-time secret with which a password can be set, for somebody or for the first administrator. Only its hash is kept. */
export async function makePasswordLink(
  ctx: Pick<Context, "people" | "sha256" | "now">,
  { newSecret }: Pick<SignInDesk, "newSecret">,
  personKey: string | null,
  entry: AuditEntry | null,
): Promise<{ readonly secret: string; readonly expiresAtMs: number }> {
  const secret = newSecret();
  const expiresAtMs = ctx.now() + LINK_LIFE_MS;
  await ctx.people.makeLink({ tokenHash: ctx.sha256(secret), personKey, expiresAtMs }, entry);
  return { secret, expiresAtMs };
}
