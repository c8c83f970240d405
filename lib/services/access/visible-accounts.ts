import { may } from "#lib/domain/access/access.ts";
import type { Permission } from "#lib/domain/access/role.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** The names of the accounts in which the actor may do something somewhere, in the configuration's order. */
export function visibleAccounts(
  { access, accounts }: Pick<Context, "access" | "accounts">,
  permission: Permission,
): readonly string[] {
  const names = accounts.map(({ name }) => name);
  return names.filter((account) => may(access, permission, { account, bucket: null, stateKey: null }));
}
