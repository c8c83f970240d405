import { createHash } from "node:crypto";
import type { DeliveryStore } from "#lib/services/ports/trail.ts";
import type { Database } from "./database.ts";
import { parseJsonTextOrNull, toJsonText, toNumberOrNull } from "./json-text.ts";
import { read, write } from "./transaction.ts";

/** How far each destination has received the trail. It only moves forward. */
export function createDeliveryStore(database: Database): DeliveryStore {
  const { prisma } = database;
  return {
    find: (destination) =>
      read(database, async () => {
        const row = await prisma.auditDelivery.findUnique({ where: { destinationHash: hashName(destination) } });
        return {
          seq: Number(row?.seq ?? 0),
          deliveredAtMs: toNumberOrNull(row?.deliveredAtMs ?? null),
          failures: row?.failures ?? 0,
          retryAtMs: toNumberOrNull(row?.retryAtMs ?? null),
          error: parseJsonTextOrNull(row?.errorJson ?? null),
        };
      }),
    recordDelivered: ({ destination, seq, atMs }) =>
      write(database, async (tx) => {
        const where = { destinationHash: hashName(destination) };
        const state = { deliveredAtMs: BigInt(atMs), failures: 0, retryAtMs: null, errorJson: null };
        await tx.auditDelivery.createMany({ data: [{ ...startOf(destination), ...state }], skipDuplicates: true });
        await tx.auditDelivery.updateMany({
          where: { ...where, seq: { lte: BigInt(seq) } },
          data: { ...state, seq: BigInt(seq) },
        });
      }),
    recordFailure: ({ destination, error, retryAtMs }) =>
      write(database, async (tx) => {
        const where = { destinationHash: hashName(destination) };
        await tx.auditDelivery.createMany({ data: [startOf(destination)], skipDuplicates: true });
        const data = { failures: { increment: 1 }, errorJson: toJsonText(error), retryAtMs: BigInt(retryAtMs) };
        await tx.auditDelivery.update({ where, data });
      }),
  };
}

function startOf(destination: string) {
  return { destinationHash: hashName(destination), destinationJson: toJsonText(destination), seq: 0n };
}

function hashName(destination: string): string {
  return createHash("sha256").update(destination).digest("hex");
}
