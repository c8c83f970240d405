import { OWN_ISSUER } from "#lib/domain/access/known-person.ts";
import type { PersonStore } from "#lib/services/ports/people.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import { toJsonText, toJsonTextOrNull } from "./json-text.ts";
import { computePersonKey, fromPersonRow, hashLogin } from "./person-row.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, write, writeRecord } from "./transaction.ts";

/** People and their one-time links in the database. */
export function createPersonStore(database: Database, signer: AuditSigner): PersonStore {
  const { prisma } = database;
  const findByKey = (key: string) =>
    read(database, async () => {
      const row = await prisma.person.findUnique({ where: { key } });
      return row === null ? null : fromPersonRow(row);
    });
  return {
    findByKey,
    find: (identity) => findByKey(computePersonKey(identity)),
    findByLogin: (email) =>
      read(database, async () => {
        const row = await prisma.person.findUnique({ where: { loginHash: hashLogin(email) } });
        return row === null ? null : fromPersonRow(row);
      }),
    list: (limit) =>
      read(database, async () => {
        const orderBy = [{ lastSignInAtMs: { sort: "desc", nulls: "last" } as const }, { key: "asc" as const }];
        return (await prisma.person.findMany({ orderBy, take: limit })).map(fromPersonRow);
      }),
    add: ({ subject, name, email, isAdmin }, entry) =>
      writeRecord(database, async (tx) => {
        const identity = { issuer: OWN_ISSUER, subject };
        const row = {
          ...startOf(identity, entry.atMs),
          kind: "password",
          nameJson: toJsonText(name),
          emailJson: toJsonText(email),
          loginHash: hashLogin(email),
          isAdmin,
        };
        const { count } = await tx.person.createMany({ data: [row], skipDuplicates: true });
        if (count === 0) return null;
        await appendEvent(tx, signer, entry);
        return fromPersonRow(await tx.person.findUniqueOrThrow({ where: { key: row.key } }));
      }),
    record: ({ issuer, subject, kind, name, email, groups, atMs }) =>
      write(database, async (tx) => {
        const start = startOf({ issuer, subject }, atMs);
        const said = {
          nameJson: toJsonText(name),
          emailJson: toJsonTextOrNull(email),
          groupsJson: JSON.stringify(groups),
          groupsReadAtMs: BigInt(atMs),
          groupsClaimedAtMs: null,
        };
        const { key } = start;
        await tx.person.createMany({ data: [{ ...start, kind, ...said }], skipDuplicates: true });
        // What was read earlier and comes later must not undo what was read since.
        const isNewer = { OR: [{ groupsReadAtMs: null }, { groupsReadAtMs: { lte: BigInt(atMs) } }] };
        await tx.person.updateMany({ where: { key, ...isNewer }, data: { kind, ...said } });
        return fromPersonRow(await tx.person.findUniqueOrThrow({ where: { key } }));
      }),
    recordSignIn: (key, atMs) =>
      write(database, async (tx) => {
        await tx.person.updateMany({ where: { key }, data: { lastSignInAtMs: BigInt(atMs) } });
      }),
    change: ({ key, isAdmin, disabledAtMs }, entry) =>
      writeRecord(database, async (tx) => {
        const { count } = await tx.person.updateMany({
          where: { key },
          data: {
            ...(isAdmin !== undefined && { isAdmin }),
            ...(disabledAtMs !== undefined && { disabledAtMs: disabledAtMs === null ? null : BigInt(disabledAtMs) }),
          },
        });
        if (count > 0) await appendEvent(tx, signer, entry);
        return count > 0;
      }),
    claimGroups: ({ key, atMs, sinceMs }) =>
      write(database, async (tx) => {
        const isFree = { OR: [{ groupsClaimedAtMs: null }, { groupsClaimedAtMs: { lt: BigInt(sinceMs) } }] };
        const data = { groupsClaimedAtMs: BigInt(atMs) };
        return (await tx.person.updateMany({ where: { key, ...isFree }, data })).count > 0;
      }),
    releaseGroups: (key) =>
      write(database, async (tx) => {
        await tx.person.updateMany({ where: { key }, data: { groupsClaimedAtMs: null } });
      }),
    makeLink: ({ tokenHash, personKey, expiresAtMs }, entry) =>
      writeRecord(database, async (tx) => {
        await tx.personLink.deleteMany({ where: { personKey } });
        await tx.personLink.create({ data: { tokenHash, personKey, expiresAtMs: BigInt(expiresAtMs) } });
        if (entry !== null) await appendEvent(tx, signer, entry);
      }),
    findLink: (tokenHash, nowMs) =>
      read(database, async () => {
        const where = { tokenHash, expiresAtMs: { gt: BigInt(nowMs) } };
        return prisma.personLink.findFirst({ where, select: { personKey: true } });
      }),
    takeLink: (tokenHash, nowMs) =>
      write(database, async (tx) => {
        const where = { tokenHash, expiresAtMs: { gt: BigInt(nowMs) } };
        return (await tx.personLink.deleteMany({ where })).count > 0;
      }),
  };
}

function startOf(identity: { readonly issuer: string; readonly subject: string }, atMs: number) {
  return {
    key: computePersonKey(identity),
    issuerJson: toJsonText(identity.issuer),
    subjectJson: toJsonText(identity.subject),
    groupsJson: "[]",
    addedAtMs: BigInt(atMs),
  };
}
