import type { Grant } from "#lib/domain/access/access.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { OpenSession } from "#lib/services/ports.ts";

/** Somebody, as a page shows them. */
export type PersonView = Pick<
  KnownPerson,
  "key" | "kind" | "name" | "email" | "subject" | "groups" | "isAdmin" | "disabledAtMs" | "lastSignInAtMs"
> & {
  readonly grants: readonly Grant[];
  readonly hasPassword: boolean;
  readonly isSelf: boolean;
  readonly sessions: readonly Pick<OpenSession, "id" | "startedAtMs" | "lastUsedAtMs" | "ipAddress" | "userAgent">[];
};
