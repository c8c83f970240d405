import type { TokenView } from "#lib/domain/access/token-view.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { requireInPerson } from "./require-in-person.ts";
import { viewToken } from "./token-views.ts";

/**
 * The tokens of whoever asks that were not revoked, newest first, or everybody's for who manages people; in local mode there
 * are none. Throws AppError `refused`.
 */
export async function listTokens(ctx: Context, { of }: { of: "me" | "everybody" }): Promise<readonly TokenView[]> {
  if (ctx.signIn.kind === "local") return [];
  const { issuer, subject } = requireInPerson(ctx);
  if (of === "everybody") await requireEverywhere(ctx, "people.manage");
  const tokens = await answerInTime(ctx, ctx.tokens.list(of === "me" ? { issuer, subject } : null));
  return tokens.map((token) => viewToken(ctx, token));
}
