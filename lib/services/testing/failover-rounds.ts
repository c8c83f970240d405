import pg from "pg";
import type { Lock } from "#lib/domain/lock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { type Findings, settleAndCompare } from "./crash-truth.ts";
import { BUCKET, lockText, openWorld, type World } from "./world.ts";

const AT_ONCE = 4;

export type FailoverTally = {
  readonly terminated: number;
  /** What whoever asked was told, by outcome or code of the error. */
  readonly answers: Readonly<Record<string, number>>;
  readonly findings: Findings;
};

/** Unlocks so many locks on PostgreSQL while its connections are terminated over and over, settles, and compares with the truth. */
export async function unlockDuringFailovers(count: number): Promise<FailoverTally> {
  const world = await openWorld();
  try {
    for (let n = 0; n < count; n += 1)
      world.sandbox.putObject(BUCKET, `failover/${n}.tfstate.tflock`, lockText(`holder-${n}`));
    await world.scan();
    const locks = await listAllLocks(world.ctx);
    const terminator = await startTerminating(world.database.url ?? "");
    const answers = await unlockAll(world, locks).finally(terminator.stop);
    world.clock.advance(120_000);
    return {
      terminated: terminator.terminated(),
      answers,
      findings: await settleAndCompare(world.ctx, world.sandbox),
    };
  } finally {
    await world.close();
  }
}

async function unlockAll(world: World, locks: readonly Lock[]): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  const waiting = [...locks];
  const work = async () => {
    for (let lock = waiting.pop(); lock !== undefined; lock = waiting.pop()) {
      const answer = await world.unlock(lock, { idempotencyKey: lock.stateKey }).then(
        ({ outcome }) => outcome,
        (error: { code?: string }) => error.code ?? String(error),
      );
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

/** Ends connections of the product's at random, as fast as the server can, as a failover does. */
async function startTerminating(url: string): Promise<{ stop: () => Promise<void>; terminated: () => number }> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  let isStopped = false;
  let terminated = 0;
  const done = (async () => {
    while (!isStopped) {
      const { rowCount } = await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'lockkeeper' AND random() < 0.1`,
      );
      terminated += rowCount ?? 0;
    }
  })();
  return {
    terminated: () => terminated,
    async stop() {
      isStopped = true;
      await done;
      await admin.end();
    },
  };
}
