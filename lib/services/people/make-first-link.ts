import type { Context } from "#lib/services/ports/context.ts";
import { makePasswordLink } from "./password-link.ts";

const PEOPLE_MAX = 1_000;

/**
 * While there is nobody who could let anybody in, a secret with which the first administrator sets a password; null where it is
 * not needed. In the mode `oidc` it is for a break-glass person who has no password yet.
 */
export async function makeFirstLink(ctx: Context): Promise<string | null> {
  const desk = ctx.signInDesk;
  if (desk === null || !(await isFirstMissing(ctx))) return null;
  return (await makePasswordLink(ctx, desk, null, null)).secret;
}

async function isFirstMissing({ people, signInDesk }: Context): Promise<boolean> {
  if (signInDesk === null) return false;
  const { gateway, mode, breakGlassPeople } = signInDesk;
  if (mode === "oidc") {
    const known = await Promise.all(
      breakGlassPeople.map(async (email) => {
        const person = await people.findByLogin(email);
        return person !== null && (person.disabledAtMs !== null || (await gateway.hasPassword(person.key)));
      }),
    );
    return known.includes(false);
  }
  for (const { kind, isAdmin, disabledAtMs, key } of await people.list(PEOPLE_MAX)) {
    if (kind === "password" && isAdmin && disabledAtMs === null && (await gateway.hasPassword(key))) return false;
  }
  return true;
}
