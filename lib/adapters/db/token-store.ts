import { createHash } from "node:crypto";
import { z } from "zod";
import { TOKEN_ROLES } from "#lib/domain/access/token.ts";
import type { Identity } from "#lib/domain/actor.ts";
import type { StoredToken, TokenStore } from "#lib/services/ports/people.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import type { Prisma } from "./generated/client.ts";
import { parseJsonText, toJsonText, toNumberOrNull } from "./json-text.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, write, writeRecord } from "./transaction.ts";

const Patterns = z.array(z.string());
const OwnerSchema = z.object({ issuer: z.string(), subject: z.string() });
const LimitSchema = z.object({
  roles: z.array(z.enum(TOKEN_ROLES)),
  scope: z.object({ accounts: Patterns, buckets: Patterns, statePaths: Patterns }),
});

/** Keys for scripts, without their secrets. */
export function createTokenStore(database: Database, signer: AuditSigner): TokenStore {
  const { prisma } = database;
  return {
    find: (id) =>
      read(database, async () => {
        const row = await prisma.apiToken.findUnique({ where: { id } });
        return row === null ? null : fromRow(row);
      }),
    list: (owner) =>
      read(database, async () => {
        const where = { revokedAtMs: null, ...(owner !== null && { ownerHash: hashOwner(owner) }) };
        const rows = await prisma.apiToken.findMany({ where, orderBy: [{ madeAtMs: "desc" }, { id: "desc" }] });
        return rows.map((row) => {
          const { secretHash: _, ...token } = fromRow(row);
          return token;
        });
      }),
    record: (token, entry) =>
      writeRecord(database, async (tx) => {
        await tx.apiToken.create({ data: toRow(token), select: { id: true } });
        await appendEvent(tx, signer, entry);
      }),
    revoke: ({ id, atMs, entry }) =>
      writeRecord(database, async (tx) => {
        const data = { revokedAtMs: BigInt(atMs) };
        const { count } = await tx.apiToken.updateMany({ where: { id, revokedAtMs: null }, data });
        if (count === 0) return false;
        await appendEvent(tx, signer, entry);
        return true;
      }),
    noteUse: ({ id, atMs }) =>
      write(database, async (tx) => {
        await tx.apiToken.updateMany({ where: { id, revokedAtMs: null }, data: { lastUsedAtMs: BigInt(atMs) } });
      }),
  };
}

function hashOwner({ issuer, subject }: Identity): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("hex");
}

function toRow(token: StoredToken): Prisma.ApiTokenCreateManyInput {
  const { id, secretHash, name, owner, ownerName, limit, madeAtMs, expiresAtMs } = token;
  const { issuer, subject } = owner;
  return {
    id,
    secretHash,
    nameJson: toJsonText(name),
    ownerHash: hashOwner(owner),
    ownerJson: JSON.stringify({ issuer, subject }),
    ownerNameJson: toJsonText(ownerName),
    limitJson: JSON.stringify(limit),
    madeAtMs: BigInt(madeAtMs),
    expiresAtMs: BigInt(expiresAtMs),
  };
}

/** A row that cannot be read throws: nobody is let in by it. */
function fromRow(row: Prisma.ApiTokenGetPayload<object>): StoredToken {
  return {
    id: row.id,
    secretHash: row.secretHash,
    name: parseJsonText(row.nameJson),
    owner: OwnerSchema.parse(JSON.parse(row.ownerJson)),
    ownerName: parseJsonText(row.ownerNameJson),
    limit: LimitSchema.parse(JSON.parse(row.limitJson)),
    madeAtMs: Number(row.madeAtMs),
    expiresAtMs: Number(row.expiresAtMs),
    lastUsedAtMs: toNumberOrNull(row.lastUsedAtMs),
    revokedAtMs: toNumberOrNull(row.revokedAtMs),
  };
}
