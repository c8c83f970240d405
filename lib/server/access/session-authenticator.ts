import "server-only";
import { accessOfPerson } from "#lib/domain/access/grants.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { isSessionOver, judgeGroups, USE_NOTED_EVERY_MS } from "#lib/domain/access/session-life.ts";
import type { AccessConfig } from "#lib/server/config/access-config.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context, Log } from "#lib/services/ports/context.ts";
import type { OpenSession, SignInDesk } from "#lib/services/ports/people.ts";
import { actorOf, mayUsePassword } from "#lib/services/sign-in/desk.ts";
import type { GroupsRefresh } from "#lib/services/sign-in/refresh-groups.ts";
import type { Authenticate } from "./principal.ts";

type World = Pick<Context, "people" | "now"> & {
  readonly desk: SignInDesk;
  readonly config: Pick<AccessConfig, "rules" | "session">;
  readonly refreshGroups: (person: KnownPerson) => Promise<GroupsRefresh>;
  readonly log: Log;
};

/** Finds out who sends a request by the session in its cookie. Whose groups are too old to be trusted gets AppError `unauthenticated`. */
export function createSessionAuthenticator(world: World): Authenticate {
  const { desk, people, config, now, log } = world;
  return async (headers) => {
    const session = await desk.gateway.findSession(headers.get("cookie"));
    if (session === null) return null;
    if (isSessionOver(session, config.session, now())) {
      await desk.gateway.endSession(session.personKey, session.id);
      return null;
    }
    const known = await people.findByKey(session.personKey);
    if (known === null || known.disabledAtMs !== null || !maySignIn(desk, known)) return null;
    const person = await withFreshGroups(world, known, session);
    const access = person === null ? null : accessOfPerson(config.rules, person);
    if (person === null || access === null) return null;
    noteUse(desk, session, now(), log);
    const { id: sessionId, signedInAtMs } = session;
    // Who does not say when counts as long ago: what cannot be undone asks anew.
    const signIn = { kind: "session", sessionId, signedInAtMs: signedInAtMs ?? 0 } as const;
    return { actor: actorOf(person), signIn, access };
  };
}

/** A session from before the configuration changed gives nothing that a new sign-in would not. */
export function maySignIn(desk: SignInDesk, { kind, email }: KnownPerson): boolean {
  switch (kind) {
    case "password":
      return email !== null && mayUsePassword(desk, email);
    case "oidc":
      return desk.mode === "oidc";
    case "proxy":
      return false;
  }
}

async function withFreshGroups(world: World, person: KnownPerson, session: OpenSession): Promise<KnownPerson | null> {
  const { desk, refreshGroups, now, log } = world;
  if (person.kind !== "oidc") return person;
  const age = judgeGroups(person.groupsReadAtMs, now());
  if (age === "fresh") return person;
  const refresh = refreshGroups(person);
  if (age === "soon") {
    refresh.catch((cause: unknown) => log.warn({ cause: String(cause) }, "could not read somebody's groups anew"));
    return person;
  }
  const result = await refresh;
  switch (result.verdict) {
    case "fresh":
      return result.person;
    case "ended":
      await desk.gateway.endSession(session.personKey, session.id);
      return null;
    case "unavailable":
      throw new AppError(
        "Your groups were last read more than 15 minutes ago, and the identity provider does not answer.",
        {
          code: "unauthenticated",
          hint: "What you may do is not known until it answers. Try again in a moment, or sign in again.",
        },
      );
  }
}

function noteUse(desk: SignInDesk, session: OpenSession, nowMs: number, log: Log): void {
  if (Math.abs(nowMs - session.lastUsedAtMs) < USE_NOTED_EVERY_MS) return;
  desk.gateway.noteUse(session.id, nowMs).catch((cause: unknown) => {
    log.warn({ cause: String(cause) }, "could not note that a session was used");
  });
}
