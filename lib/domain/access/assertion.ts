/** What a reverse proxy vouches for with its signature. */
export type Assertion = {
  readonly issuer: string;
  /** With the issuer it names the person; an e-mail address does not. */
  readonly subject: string;
  readonly name: string | null;
  /** Only where it is verified. */
  readonly email: string | null;
  readonly groups: readonly string[];
  /** From `auth_time`; null where the proxy does not pass it on. Never later than now. */
  readonly signedInAtMs: number | null;
  readonly expiresAtMs: number;
};

/** `reason` is for the log and the trail: our own words, never text of the request. */
export type AssertionVerdict =
  | { readonly verdict: "valid"; readonly assertion: Assertion }
  | { readonly verdict: "absent" }
  | { readonly verdict: "refused"; readonly reason: string }
  /** It could be genuine, but the key to tell is not to be had now. */
  | { readonly verdict: "unavailable"; readonly reason: string };
