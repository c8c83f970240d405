import type { TokenRole } from "./token.ts";

/** A token as the API answers it. Its secret is nowhere but in the answer to who made it. */
export type TokenView = {
  readonly id: string;
  readonly name: string;
  /** Whoever made it. */
  readonly owner: string;
  readonly isOwn: boolean;
  readonly status: "active" | "expired";
  readonly roles: readonly TokenRole[];
  readonly accounts: readonly string[];
  readonly buckets: readonly string[];
  readonly statePaths: readonly string[];
  readonly madeAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
};

/** The answer to who makes a token. */
export type MadeToken = { readonly token: TokenView; readonly secret: string };
