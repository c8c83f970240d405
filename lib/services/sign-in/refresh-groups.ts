import { readEmail, readGroups, readName } from "#lib/domain/access/claims.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { GROUPS_AGE_MS_SOON } from "#lib/domain/access/session-life.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SignInGateway } from "#lib/services/ports/people.ts";

export type GroupsRefresh =
  | { readonly verdict: "fresh"; readonly person: KnownPerson }
  /** The provider does not vouch for this person any longer, or never let us ask: only a new sign-in helps. */
  | { readonly verdict: "ended" }
  | { readonly verdict: "unavailable" };

type World = Pick<Context, "people" | "now" | "pause" | "log"> & {
  readonly gateway: Pick<SignInGateway, "readClaims">;
  readonly groupsClaim: string;
};

/** Longer than the provider may take, twice. */
const CLAIM_MS = 30_000;
const POLL_MS = 250;
const POLLS_MAX = 40;
/** A provider that is down is not asked for everybody and every request. */
const RETRY_AFTER_MS = 5_000;

/**
 * Reads people's groups anew. Whoever asks for the same person meanwhile gets the same answer, here and in other processes: a
 * provider may take each refresh token once only.
 */
export function createGroupsRefresher(world: World): (person: KnownPerson) => Promise<GroupsRefresh> {
  const running = new Map<string, Promise<GroupsRefresh>>();
  const failedAtMs = new Map<string, number>();
  return (person) => {
    const { key } = person;
    const failedMs = failedAtMs.get(key);
    if (failedMs !== undefined && Math.abs(world.now() - failedMs) < RETRY_AFTER_MS) {
      return Promise.resolve({ verdict: "unavailable" });
    }
    failedAtMs.delete(key);
    const known = running.get(key);
    if (known !== undefined) return known;
    const refresh = refreshGroups(world, person)
      .then((result) => {
        if (result.verdict === "unavailable") failedAtMs.set(key, world.now());
        return result;
      })
      .finally(() => running.delete(key));
    running.set(key, refresh);
    return refresh;
  };
}

async function refreshGroups(world: World, person: KnownPerson): Promise<GroupsRefresh> {
  const { people, now, gateway, groupsClaim, log } = world;
  const { key } = person;
  const atMs = now();
  if (!(await people.claimGroups({ key, atMs, sinceMs: atMs - CLAIM_MS }))) return waitForOther(world, key);
  try {
    const answer = await gateway.readClaims(person);
    if (answer.verdict !== "read") return answer;
    const groups = readGroups(answer.claims, groupsClaim);
    if (groups.verdict === "refused") {
      log.warn({ reason: groups.problem }, "somebody's groups cannot be read anew");
      return { verdict: "ended" };
    }
    const { claims } = answer;
    const name = readName(claims) ?? person.name;
    const email = Object.hasOwn(claims, "email") ? readEmail(claims) : person.email;
    const { issuer, subject } = person;
    const said = { issuer, subject, kind: "oidc", name, email, groups: groups.groups, atMs } as const;
    return { verdict: "fresh", person: await people.record(said) };
  } finally {
    await people.releaseGroups(key);
  }
}

async function waitForOther({ people, now, pause }: World, key: string): Promise<GroupsRefresh> {
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    await pause(POLL_MS);
    const person = await people.findByKey(key);
    if (person === null) return { verdict: "ended" };
    if (person.groupsReadAtMs !== null && now() - person.groupsReadAtMs < GROUPS_AGE_MS_SOON) {
      return { verdict: "fresh", person };
    }
  }
  return { verdict: "unavailable" };
}
