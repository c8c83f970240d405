import type { Database } from "./database.ts";
import { toDatabaseError } from "./database-error.ts";
import type { Prisma } from "./generated/client.ts";

export type Transaction = Prisma.TransactionClient;

/** Runs a read; what the database refuses becomes AppError `unavailable`. */
export async function read<T>(database: Database, query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    throw toDatabaseError(error, "answer", database.hint);
  }
}

/** Runs all or nothing. On return it is committed; after AppError `unavailable` it may or may not be. */
export async function write<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await database.prisma.$transaction(work);
  } catch (error) {
    throw toDatabaseError(error, "record this", database.hint);
  }
}

/** As `write`, for records that must outlast a power failure, as far as the disk allows. */
export async function writeRecord<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const result = await write(database, work);
  await database.flush();
  return result;
}
