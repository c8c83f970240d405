import type { OpenSession, SignInGateway, Visitor } from "#lib/services/ports/people.ts";
import { ADDRESS_HEADER, type Auth } from "./auth-instance.ts";
import { findUser } from "./password-accounts.ts";
import { toOpenSession } from "./session-row.ts";

type SessionStore = Pick<SignInGateway, "findSession" | "noteUse" | "listSessions" | "endSession" | "endSessions">;

/** Sessions as better-auth keeps them, in the database. */
export function createSessionStore(auth: Auth): SessionStore {
  async function deleteWhere(
    conditions: readonly { field: string; value: string; operator?: "ne" }[],
  ): Promise<number> {
    const { adapter } = await auth.$context;
    return adapter.deleteMany({ model: "session", where: [...conditions] });
  }
  async function listSessions(personKey: string): Promise<readonly OpenSession[]> {
    const { adapter, internalAdapter } = await auth.$context;
    const user = await findUser(adapter, personKey);
    if (user === null) return [];
    const rows = await internalAdapter.listSessions(user.id);
    return rows.filter(({ expiresAt }) => expiresAt.getTime() > Date.now()).map((row) => toOpenSession(row, personKey));
  }
  return {
    async findSession(cookie) {
      if (cookie === null) return null;
      const found = await auth.api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: true } });
      return found === null ? null : toOpenSession(found.session, found.user.name);
    },
    async noteUse(id, atMs) {
      const { adapter } = await auth.$context;
      const where = [{ field: "id", value: id }];
      await adapter.updateMany({ model: "session", where, update: { lastUsedAt: new Date(atMs) } });
    },
    listSessions,
    async endSession(personKey, id) {
      const { adapter } = await auth.$context;
      const user = await findUser(adapter, personKey);
      if (user === null) return false;
      const count = await deleteWhere([
        { field: "id", value: id },
        { field: "userId", value: user.id },
      ]);
      return count > 0;
    },
    async endSessions(personKey, except) {
      const { adapter } = await auth.$context;
      const user = await findUser(adapter, personKey);
      if (user === null) return 0;
      return deleteWhere([
        { field: "userId", value: user.id },
        ...(except === undefined ? [] : [{ field: "id", value: except, operator: "ne" as const }]),
      ]);
    },
  };
}

/** What better-auth may know of a request: nothing that we did not look at. */
export function headersOf({ address, userAgent, cookie }: Visitor): Headers {
  const headers = new Headers({ [ADDRESS_HEADER]: address });
  if (userAgent !== null) headers.set("user-agent", userAgent.slice(0, 500));
  if (cookie !== null) headers.set("cookie", cookie);
  return headers;
}

/** Sessions that nobody asked for again before they ended. */
export async function dropEndedSessions(auth: Auth): Promise<void> {
  const { adapter } = await auth.$context;
  const where = [{ field: "expiresAt", operator: "lt" as const, value: new Date() }];
  await adapter.deleteMany({ model: "session", where });
}

/** The cookies that a browser would send after it was given these. */
export function toCookieHeader(cookies: readonly string[]): string {
  return cookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");
}
