import { z } from "zod";
import type { OpenSession } from "#lib/services/ports/people.ts";

const Row = z.object({
  id: z.string(),
  createdAt: z.date(),
  ipAddress: z.string().nullish(),
  userAgent: z.string().nullish(),
  signedInAt: z.date().nullish(),
  lastUsedAt: z.date().nullish(),
});

/** A session as better-auth keeps it, and whose it is. */
export function toOpenSession(row: unknown, personKey: string): OpenSession {
  const { id, createdAt, ipAddress, userAgent, signedInAt, lastUsedAt } = Row.parse(row);
  return {
    id,
    personKey,
    signedInAtMs: signedInAt?.getTime() ?? null,
    startedAtMs: createdAt.getTime(),
    lastUsedAtMs: (lastUsedAt ?? createdAt).getTime(),
    ipAddress: ipAddress || null,
    userAgent: userAgent || null,
  };
}
