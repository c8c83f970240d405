import "server-only";
import type { Assertion, AssertionVerdict } from "#lib/domain/access/assertion.ts";
import { accessOfPerson } from "#lib/domain/access/grants.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { AccessConfig } from "#lib/server/config/access-config.ts";
import { recordFew } from "#lib/services/audit/record-few.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { actorOf } from "#lib/services/sign-in/desk.ts";
import type { Authenticate } from "./principal.ts";

type World = Parameters<typeof recordFew>[0] &
  Pick<Context, "people"> & {
    readonly config: Pick<AccessConfig, "rules">;
    readonly readAssertion: (headers: Pick<Headers, "get">) => Promise<AssertionVerdict>;
  };

const STORED_EVERY_MS = 60_000;

/** Finds out who sends a request by what the proxy vouches for with its signature. */
export function createProxyAuthenticator(world: World): Authenticate {
  const { readAssertion, config, log } = world;
  return async (headers) => {
    const verdict = await readAssertion(headers);
    switch (verdict.verdict) {
      case "absent":
        return null;
      case "refused":
        log.warn({ reason: verdict.reason }, "what a proxy asserts of a person was refused");
        await recordFew({ ...world, actor: { kind: "stranger", name: "unknown" } }, "sign_in.failed", {
          by: "proxy",
          reason: verdict.reason,
        });
        return null;
      case "unavailable":
        throw new AppError("Who you are cannot be verified right now.", {
          code: "unavailable",
          hint: "The keys of the proxy cannot be read. Try again in a moment.",
          cause: verdict.reason,
        });
      case "valid": {
        const person = await storePerson(world, verdict.assertion);
        // What the proxy says now counts, whenever it was stored.
        const access = accessOfPerson(config.rules, { ...person, groups: verdict.assertion.groups });
        const { signedInAtMs } = verdict.assertion;
        return access === null ? null : { actor: actorOf(person), signIn: { kind: "proxy", signedInAtMs }, access };
      }
    }
  };
}

/** Keeps what the proxy says of somebody, once a minute at most, and a first or newer sign-in on the trail. */
async function storePerson(world: World, assertion: Assertion): Promise<KnownPerson> {
  const { people, now, audit, requestId } = world;
  const { issuer, subject, email, groups, signedInAtMs } = assertion;
  const atMs = now();
  const known = await people.find({ issuer, subject });
  const isRecent = known?.groupsReadAtMs != null && Math.abs(atMs - known.groupsReadAtMs) < STORED_EVERY_MS;
  if (known !== null && isRecent) return known;
  const name = assertion.name ?? email ?? subject;
  const person = await people.record({ issuer, subject, kind: "proxy", name, email, groups, atMs });
  const lastMs = known?.lastSignInAtMs ?? null;
  if (lastMs !== null && (signedInAtMs === null || signedInAtMs <= lastMs)) return person;
  const entry = { action: "sign_in.succeeded", actor: actorOf(person), atMs, requestId, unlockId: null } as const;
  await audit.append({ ...entry, details: { by: "proxy", signedInAtMs } });
  await people.recordSignIn(person.key, signedInAtMs ?? atMs);
  return person;
}
