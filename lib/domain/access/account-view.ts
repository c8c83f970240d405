import type { Grant } from "./access.ts";
import type { TokenRole } from "./token.ts";

/** Whoever looks at their own account: who they are for us, and what they may do. */
export type AccountView = {
  readonly name: string;
  readonly authenticatedBy: "local" | "password" | "oidc" | "proxy" | "token";
  /** What the issuer calls them for good; null for the person at this machine. */
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly signedInAt: string | null;
  readonly grants: readonly Grant[];
  /** The roles that they may give to a token; none where they may make none. */
  readonly tokenRoles: readonly TokenRole[];
};
