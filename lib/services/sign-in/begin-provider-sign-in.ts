import { toLocalPath } from "#lib/domain/access/local-path.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Visitor } from "#lib/services/ports/people.ts";
import { requireDesk } from "./desk.ts";
import { limitSignIns } from "./limit-sign-ins.ts";

/** Where to send a browser to sign in at the provider, and what to give it. Throws `unavailable` while the provider is down. */
export async function beginProviderSignIn(
  ctx: Context,
  input: { readonly next: string | null; readonly isAgain: boolean; readonly visitor: Visitor },
): Promise<{ readonly url: string; readonly cookies: readonly string[] }> {
  const desk = requireDesk(ctx);
  await limitSignIns(desk, { address: input.visitor.address, account: null });
  return desk.gateway.beginAtProvider({ next: toLocalPath(input.next), isAgain: input.isAgain });
}
