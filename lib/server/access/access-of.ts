import "server-only";
import { accessOfPerson } from "#lib/domain/access/grants.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { GROUPS_AGE_MS_MAX_ABSENT, judgeGroups } from "#lib/domain/access/session-life.ts";
import type { AccessConfig } from "#lib/server/config/access-config.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { GroupsRefresh } from "#lib/services/sign-in/refresh-groups.ts";

type World = Pick<Context, "people" | "now"> & {
  readonly config: Pick<AccessConfig, "rules">;
  /** Whether people of this kind sign in here at all, as it is configured now. */
  readonly isOurs: (person: KnownPerson) => boolean;
  readonly refreshGroups: ((person: KnownPerson) => Promise<GroupsRefresh>) | null;
};

/**
 * What somebody may do who does not ask themselves, such as the maker of a token. Groups that are old are read anew where that is
 * possible; where it is not they count for a day.
 */
export function createAccessOf({ people, now, config, isOurs, refreshGroups }: World): Context["accessOf"] {
  return async (identity) => {
    const known = await people.find(identity);
    if (known === null || known.disabledAtMs !== null || !isOurs(known)) return null;
    if (known.kind === "password") return accessOfPerson(config.rules, known);
    const isStale = judgeGroups(known.groupsReadAtMs, now()) === "stale";
    const refreshed = isStale && refreshGroups !== null ? await refreshGroups(known) : null;
    const person = refreshed?.verdict === "fresh" ? refreshed.person : known;
    const ageMs = person.groupsReadAtMs === null ? Number.POSITIVE_INFINITY : now() - person.groupsReadAtMs;
    return ageMs > GROUPS_AGE_MS_MAX_ABSENT ? null : accessOfPerson(config.rules, person);
  };
}
