import pg from "pg";
import type { TestDatabase } from "#lib/adapters/db/testing/test-database.ts";

const OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

/** Makes the database refuse every write, as a standby or an operator's emergency brake does. Returns the way back. */
export async function makeReadOnly({ database, url }: TestDatabase): Promise<() => Promise<unknown>> {
  if (url === null) {
    await database.prisma.$executeRawUnsafe("SET default_transaction_read_only = on");
    return () => database.prisma.$executeRawUnsafe("SET default_transaction_read_only = off");
  }
  const change = async (action: string) => {
    await asOperator(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} ${action}`);
    await untilConnected({ database });
  };
  await change("SET default_transaction_read_only = on");
  return () => change("RESET default_transaction_read_only");
}

/** A setting of the whole database holds for connections made after it, so all others are ended. */
async function asOperator(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: "-c default_transaction_read_only=off" });
  await client.connect();
  try {
    await client.query(sql);
    await client.query(`SELECT pg_terminate_backend(pid) ${OTHERS}`);
    while ((await client.query(`SELECT ${OTHERS}`)).rowCount !== 0);
  } finally {
    await client.end();
  }
}

/** A pool learns only by and by that its connections were ended; resolves once all that it has are good. */
export async function untilConnected({ database }: Pick<TestDatabase, "database">): Promise<void> {
  const tries = Array.from({ length: 10 }, () => database.prisma.$queryRaw`SELECT 1`);
  const results = await Promise.allSettled(tries);
  if (results.some(({ status }) => status === "rejected")) await untilConnected({ database });
}
