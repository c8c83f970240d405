import "server-only";
import type { PgBoss } from "pg-boss";

/** Sweeps take hours at most; a worker that died is found by its heartbeat long before. */
const EXPIRE_SECONDS = 12 * 3600;
/** A look that kills its process is not tried for ever; the watch over the schedule plans it again. */
const RETRIES = 3;
const KEPT_SECONDS = 60;
const QUEUE = "look-at-source";

export type LookJob = { readonly sourceId: string; readonly isFirst: boolean };
/** A job that this process has taken; `retryCount` tells its claim from a later one of another process. */
export type ClaimedLook = { readonly id: string; readonly retryCount: number; readonly data: LookJob };
export type PlannedLook = LookJob & { readonly inMs: number };

/** The looks at all sources as jobs: of each source at most one, waiting or running, over all replicas. */
export type ScanQueue = {
  /** Plans looks; those of sources that have one already stay as they are. */
  readonly plan: (looks: readonly PlannedLook[]) => Promise<void>;
  /** Plans anew what waits, and with `isAlone` also what another life of this process left running. */
  readonly replan: (looks: readonly PlannedLook[], isAlone: boolean) => Promise<void>;
  readonly claim: (limit: number) => Promise<readonly ClaimedLook[]>;
  /** Says that these still run; without it they are given to another process after the heartbeat's time. */
  readonly keep: (looks: readonly ClaimedLook[]) => Promise<void>;
  readonly finish: (look: ClaimedLook) => Promise<void>;
  /** Gives back what cannot be ended, for another process to take at once. */
  readonly giveBack: (looks: readonly ClaimedLook[]) => Promise<void>;
};

export async function openScanQueue(boss: PgBoss, heartbeatSeconds: number): Promise<ScanQueue> {
  await boss.createQueue(QUEUE, {
    policy: "exclusive",
    retryLimit: RETRIES,
    retryDelay: 0,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: KEPT_SECONDS,
    heartbeatSeconds,
  });
  const plan = async (looks: readonly PlannedLook[]) => {
    if (looks.length === 0) return;
    const jobs = looks.map(({ inMs, ...data }) => ({ data, singletonKey: data.sourceId, startAfter: inMs / 1000 }));
    await boss.insert(QUEUE, jobs);
  };
  return {
    plan,
    async replan(looks, isAlone) {
      if (isAlone) await boss.deleteAllJobs(QUEUE);
      else await boss.deleteQueuedJobs(QUEUE);
      await plan(looks);
    },
    async claim(limit) {
      const jobs = await boss.fetch<LookJob>(QUEUE, { batchSize: limit });
      return jobs.map(({ id, retryCount, data }) => ({ id, retryCount, data }));
    },
    async keep(looks) {
      if (looks.length > 0) await boss.touch(QUEUE, looks.map(toAttempt));
    },
    async finish(look) {
      await boss.complete(QUEUE, [toAttempt(look)]);
    },
    async giveBack(looks) {
      if (looks.length > 0) await boss.fail(QUEUE, looks.map(toAttempt), { message: "the process ended" });
    },
  };
}

function toAttempt({ id, retryCount }: ClaimedLook) {
  return { id, retryCount };
}
