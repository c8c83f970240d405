import { type Access, may, mayAnywhere, mayEverywhere } from "#lib/domain/access/access.ts";
import { mayAtAll } from "#lib/domain/access/places.ts";
import type { Permission } from "#lib/domain/access/role.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import { recordFew } from "#lib/services/audit/record-few.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** All of a context that a question of permission takes. */
export type Asker = Parameters<typeof recordFew>[0] & Pick<Context, "access">;

/** Throws `refused`, on the trail, unless the actor may do it at every one of these places. */
export async function requireAt(ctx: Asker, permission: Permission, places: readonly Place[]): Promise<void> {
  if (!mayAtAll(ctx.access, permission, places)) throw await deny(ctx, permission, places);
}

/** Throws `refused`, on the trail, unless the actor may do it everywhere: for what is about the whole installation. */
export async function requireEverywhere(ctx: Asker, permission: Permission): Promise<void> {
  if (!mayEverywhere(ctx.access, permission)) throw await deny(ctx, permission, []);
}

/** Throws `refused`, on the trail, where there is no place at all at which the actor may do it. */
export async function requireAnywhere(ctx: Asker, permission: Permission): Promise<void> {
  if (!mayAnywhere(ctx.access, permission)) throw await deny(ctx, permission, []);
}

async function deny(ctx: Asker, permission: Permission, places: readonly Place[]): Promise<AppError> {
  await recordFew(ctx, "access.denied", { permission, places });
  const where = describeRefused(ctx.access, permission, places);
  return new AppError(`Your access does not allow you ${DOING[permission]}${where}.`, {
    code: "refused",
    hint: "Nothing was done. Who administers Lockkeeper gives roles and their scopes in its configuration.",
  });
}

const DOING: Readonly<Record<Permission, string>> = {
  "locks.view": "to see locks",
  "locks.raw": "to read the raw text of locks",
  "scans.start": "to scan",
  "unlocks.view": "to see records of unlocks",
  "unlocks.force": "to force-unlock",
  "unlocks.break_glass": "to break the glass",
  "unlocks.approve": "to approve unlocks",
  "restores.put": "to restore locks",
  "reviews.write": "to review broken glass",
  "audit.read": "to read the audit trail",
  "people.manage": "to manage people",
  "tokens.make": "to make tokens",
};

/** Only what the asker may see is named. */
function describeRefused(access: Access, permission: Permission, places: readonly Place[]): string {
  const refused = places.find((place) => !may(access, permission, place) && may(access, "locks.view", place));
  if (refused === undefined) return places.length === 0 && mayAnywhere(access, permission) ? " everywhere" : "";
  const where = [refused.bucket, refused.stateKey].filter((part) => part !== null).join("/");
  return where === "" ? ` in ${refused.account}` : ` at ${where} in ${refused.account}`;
}
