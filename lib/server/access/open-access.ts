import "server-only";
import type { AccessConfig } from "#lib/server/config/access-config.ts";
import type { Context } from "#lib/services/ports.ts";
import { type Authenticate, localPrincipal } from "./principal.ts";

export type OpenAccess = Pick<Context, "accessOf" | "freshSignInMsMax"> & { readonly authenticate: Authenticate };

/** How requests show who they are from, by the configuration. */
export function openAccess(_config: AccessConfig): OpenAccess {
  const local = localPrincipal();
  return {
    authenticate: async () => local,
    accessOf: async () => null,
    freshSignInMsMax: null,
  };
}
