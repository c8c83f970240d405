import { randomBytes } from "node:crypto";
import { computePersonKey } from "#lib/adapters/db/person-row.ts";
import type { TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import type { ProviderSettings } from "#lib/adapters/sign-in/provider.ts";
import { createSignInGateway } from "#lib/adapters/sign-in/sign-in-gateway.ts";
import { NO_ACCESS } from "#lib/domain/access/access.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SignInDesk, Visitor } from "#lib/services/ports/people.ts";
import { createTestContext } from "./test-context.ts";

export const PASSWORD = "three-lost-umbrellas";
const PUBLIC_URL = "http://127.0.0.1:3000";
const CALLBACK_URL = `${PUBLIC_URL}/api/v1/sign-in/callback`;

export type SignInLab = {
  /** Of somebody who has not signed in. */
  readonly ctx: Context;
  readonly desk: SignInDesk;
  readonly clock: { skippedMs: number };
  /** What the limiter was asked for; it lets everybody pass unless told otherwise. */
  readonly rates: { readonly taken: string[]; refuseKeysWith: string | null };
  readonly addPerson: (email: string, isAdmin?: boolean) => Promise<string>;
};

export function visitor(given: Partial<Visitor> = {}): Visitor {
  return { address: "192.0.2.7", userAgent: "Firefox", cookie: null, ...given };
}

/** The cookies that a browser sends after it was given these. */
export function cookieOf(cookies: readonly string[]): string {
  return cookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");
}

/** Sign-in on a real store, with a clock that can be moved. */
export function createSignInLab(
  db: TestDatabase,
  options: {
    oidc?: Omit<ProviderSettings, "redirectUrl" | "keyOf">;
    breakGlassPeople?: readonly string[];
    publicUrl?: string;
  } = {},
): SignInLab {
  const { oidc, breakGlassPeople = [], publicUrl = PUBLIC_URL } = options;
  const clock = { skippedMs: 0 };
  const rates: SignInLab["rates"] = { taken: [], refuseKeysWith: null };
  const base = createTestContext({
    endpoint: "http://127.0.0.1:9",
    stores: db.stores,
    skippedMs: () => clock.skippedMs,
  });
  const gateway = createSignInGateway({
    prisma: db.database.prisma,
    secret: randomBytes(48).toString("base64url"),
    publicUrl,
    session: { idleMs: 30 * 60_000, absoluteMs: 12 * 3_600_000 },
    now: base.now,
    monotonicMs: base.monotonicMs,
    log: base.log,
    oidc: oidc === undefined ? null : { ...oidc, redirectUrl: CALLBACK_URL, keyOf: computePersonKey },
  });
  const desk: SignInDesk = {
    gateway,
    mode: oidc === undefined ? "password" : "oidc",
    breakGlassPeople,
    providerName: oidc === undefined ? null : "Provider",
    groupsClaim: oidc?.groupsClaim ?? "groups",
    publicUrl,
    newSecret: () => randomBytes(32).toString("base64url"),
    rates: {
      async take(key) {
        rates.taken.push(key);
        const isRefused = rates.refuseKeysWith !== null && key.includes(rates.refuseKeysWith);
        return isRefused ? { ok: false, retryInMs: 30_000 } : { ok: true };
      },
    },
  };
  const stranger = { kind: "stranger", name: "unknown" } as const;
  const ctx: Context = { ...base, actor: stranger, access: NO_ACCESS, signIn: { kind: "none" }, signInDesk: desk };
  return {
    ctx,
    desk,
    clock,
    rates,
    async addPerson(email, isAdmin = false) {
      const entry = {
        action: "person.added",
        actor: stranger,
        atMs: ctx.now(),
        requestId: null,
        unlockId: null,
      } as const;
      const person = await db.stores.people.add(
        { subject: ctx.newId(), name: email, email, isAdmin },
        { ...entry, details: {} },
      );
      if (person === null) throw new Error(`${email} is taken.`);
      await gateway.setPassword({ personKey: person.key, email, password: PASSWORD });
      return person.key;
    },
  };
}

/** What the trail says, oldest first. */
export async function readTrail(db: TestDatabase, action: string) {
  const lines = await db.stores.audit.find({ action, limit: 200 });
  return lines.map(({ line }) => JSON.parse(line).event).toReversed();
}
