import { createHash } from "node:crypto";
import type { DBAdapter, DBTransactionAdapter } from "better-auth";

type Where = Parameters<DBAdapter["findOne"]>[0]["where"];

/**
 * Lets better-auth keep of a session's token only its SHA-256: who reads the database can take over no session. It hashes on the
 * way in, and gives back the token that was asked with.
 */
export function withHashedTokens(adapter: DBAdapter): DBAdapter {
  return {
    ...wrap(adapter),
    transaction: (run) => adapter.transaction((inner) => run(wrap(inner))),
  };
}

function wrap<A extends DBTransactionAdapter>(inner: A): A {
  const hashed = <T extends { model: string; where?: Where | undefined }>(input: T): T =>
    input.model === "session" && input.where !== undefined ? { ...input, where: input.where.map(hashValue) } : input;
  return {
    ...inner,
    create: async (input: Parameters<A["create"]>[0]) => {
      const token = tokenOf(input.model, input.data);
      if (token === null) return inner.create(input);
      const row = await inner.create({ ...input, data: { ...input.data, token: hashToken(token) } });
      return withToken(row, token);
    },
    findOne: async (input: Parameters<A["findOne"]>[0]) =>
      withToken(await inner.findOne(hashed(input)), askedToken(input)),
    findMany: async (input: Parameters<A["findMany"]>[0]) =>
      (await inner.findMany(hashed(input))).map((row) => withToken(row, askedToken(input))),
    update: async (input: Parameters<A["update"]>[0]) =>
      withToken(await inner.update(hashed(input)), askedToken(input)),
    updateMany: (input: Parameters<A["updateMany"]>[0]) => inner.updateMany(hashed(input)),
    delete: (input: Parameters<A["delete"]>[0]) => inner.delete(hashed(input)),
    deleteMany: (input: Parameters<A["deleteMany"]>[0]) => inner.deleteMany(hashed(input)),
    count: (input: Parameters<A["count"]>[0]) => inner.count(hashed(input)),
    consumeOne: (input: Parameters<A["consumeOne"]>[0]) => inner.consumeOne(hashed(input)),
    incrementOne: (input: Parameters<A["incrementOne"]>[0]) => inner.incrementOne(hashed(input)),
  };
}

function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function hashValue(condition: Where[number]): Where[number] {
  const { field, value } = condition;
  if (field !== "token") return condition;
  if (typeof value === "string") return { ...condition, value: hashToken(value) };
  throw new Error("A session's token is looked for one at a time.");
}

function tokenOf(model: string, data: object): string | null {
  return model === "session" && "token" in data && typeof data.token === "string" ? data.token : null;
}

function askedToken({ model, where = [] }: { model: string; where?: Where | undefined }): string | null {
  const value = model === "session" ? where.find(({ field }) => field === "token")?.value : undefined;
  return typeof value === "string" ? value : null;
}

function withToken<T>(row: T, token: string | null): T {
  return token === null || typeof row !== "object" || row === null ? row : { ...row, token };
}
