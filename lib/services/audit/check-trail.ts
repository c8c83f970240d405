import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

const PROBE = "lockkeeper readiness\n";

/**
 * Whether the trail can be gone on with: its end can be read, and its key signs. Throws AppError `unavailable` otherwise. The
 * answer is what was found wrong with the trail itself, or null: that is for people to look into, and no reason to be away.
 */
export async function checkTrail(ctx: Context): Promise<string | null> {
  await ctx.audit.readHead();
  if (!(await ctx.audit.isOwnNote({ body: PROBE, signatures: [ctx.audit.signNote(PROBE)] }))) {
    const hint = "Restart Lockkeeper with the signing key that the trail knows.";
    throw new AppError("The signing key of the audit trail does not work.", { code: "unavailable", hint });
  }
  return describeProblem(ctx);
}

/** What this process found wrong with the trail when it last looked; null when nothing. */
export function describeProblem({ trail }: Pick<Context, "trail">): string | null {
  const { problem = null, contradiction = null } = trail.verdict ?? {};
  if (problem !== null) return `event ${problem.seq} of the audit trail does not verify: ${problem.message}`;
  return contradiction?.message ?? trail.refusal;
}
