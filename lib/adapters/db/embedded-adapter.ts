import { PGlite, type Transaction as PGliteTransaction } from "@electric-sql/pglite";
import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQueryable,
  Transaction,
} from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";
import { withScripts } from "./schema-engine.ts";

const IN_FAILED_TRANSACTION = "25P02";

/**
 * Prisma's way to an embedded database. The package's own transactions report success even when the COMMIT failed, and its
 * scripts neither wait nor report errors, so both are replaced here.
 */
export function embeddedAdapterOf(pglite: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPGlite(pglite);
  return withScripts(
    {
      provider: factory.provider,
      adapterName: factory.adapterName,
      connect: () => connect(pglite),
      connectToShadowDb: async () => {
        const memory = await PGlite.create();
        const adapter = await connect(memory);
        return { ...adapter, dispose: () => memory.close() };
      },
    },
    (adapter, script) => adapter.executeScript(script),
  );
}

async function connect(pglite: PGlite): Promise<SqlDriverAdapter> {
  const queryable = await queryableOf(pglite);
  return {
    ...queryable,
    startTransaction: () => startFreshTransaction(pglite),
    executeScript: async (script) => {
      await pglite.exec(script);
    },
    getConnectionInfo: () => ({ supportsRelationJoins: true }),
    dispose: async () => {},
  };
}

/** pg-boss shares the connection and, between a failed script and its ROLLBACK, leaves it inside an aborted transaction. */
async function startFreshTransaction(pglite: PGlite): Promise<Transaction> {
  try {
    return await startTransaction(pglite);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === IN_FAILED_TRANSACTION)) throw error;
    await pglite.exec("ROLLBACK");
    return startTransaction(pglite);
  }
}

/** The transaction is PGlite's own callback, kept open until Prisma says how it ends. */
async function startTransaction(pglite: PGlite): Promise<Transaction> {
  const begun = Promise.withResolvers<Transaction>();
  const decision = Promise.withResolvers<"commit" | "rollback">();
  const finished = pglite.transaction(async (tx) => {
    const end = async (how: "commit" | "rollback"): Promise<void> => {
      decision.resolve(how);
      await finished;
    };
    begun.resolve({
      ...(await queryableOf(tx)),
      options: { usePhantomQuery: true },
      commit: () => end("commit"),
      rollback: () => end("rollback"),
    });
    if ((await decision.promise) === "rollback") await tx.rollback();
  });
  finished.catch(begun.reject);
  return begun.promise;
}

async function queryableOf(client: PGlite | PGliteTransaction): Promise<SqlQueryable> {
  const adapter = await new PrismaPGlite(asClient(client)).connect();
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
  };
}

/** To query, the package calls nothing but `query`, which a transaction has as well. */
function asClient(client: PGlite | PGliteTransaction): PGlite {
  if (typeof client.query !== "function") throw new TypeError("not a PGlite client");
  return client as PGlite;
}
