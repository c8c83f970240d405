import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { CrashLab } from "./crash-lab.ts";
import type { OtherProcess } from "./crash-process.ts";
import type { Result } from "./crash-protocol.ts";
import { settleAndCompare } from "./crash-truth.ts";
import { BUCKET } from "./test-context.ts";

const PEOPLE = ["riley", "sam"] as const;
const AT_ONCE = 50;
/** What one who came second may be told; an overloaded database makes some unlocks unavailable, with nothing sent. */
const SECOND: ReadonlySet<string> = new Set(["in_progress", "already_gone", "changed", "unavailable"]);

export type RaceTally = {
  rounds: number;
  deletes: number;
  /** How the unlocks ended that were not the one. */
  others: Record<string, number>;
  /** Milliseconds until one who came second knew, in order; with 100 at once on the machine's processors. */
  knewAfterMs: number[];
};

/** Two processes with 50 unlocks each go for the same lock at once, round after round; one delete may be sent in each. */
export async function raceRepeatedly(lab: CrashLab, rounds: number): Promise<RaceTally> {
  const tally: RaceTally = { rounds: 0, deletes: 0, others: {}, knewAfterMs: [] };
  const processes = await Promise.all(
    PEOPLE.map(async (person) => {
      const process = await lab.startProcess();
      await lab.open(process, person);
      return process;
    }),
  );
  for (let round = 0; round < rounds; round += 1) await race(lab, processes, tally);
  lab.skipDeadlines();
  const findings = await lab.inspect((ctx) => settleAndCompare(ctx, lab.sandbox));
  expect(findings).toMatchObject({ broken: [], intents: rounds });
  for (const process of processes) await process.kill();
  tally.knewAfterMs.sort((a, b) => a - b);
  return tally;
}

async function race(lab: CrashLab, processes: readonly OtherProcess[], tally: RaceTally): Promise<void> {
  const [lock] = await lab.takeLocks(1);
  if (lock === undefined) throw new Error("no lock was taken");
  const before = lab.sandbox.journal().at(-1)?.seq ?? 0;
  const answers = await Promise.all(
    processes.map((process) => {
      const requests = Array.from({ length: AT_ONCE }, () => ({ ...lock.request, idempotencyKey: randomUUID() }));
      return process.unlock(requests, AT_ONCE);
    }),
  );

  const results = answers.flat();
  expect(results).toHaveLength(processes.length * AT_ONCE);
  const [winner, ...more] = results.filter(({ outcome }) => outcome === "released" || outcome === "unknown");
  expect([winner?.outcome, more.length], "exactly one unlocks it").toEqual([expect.any(String), 0]);
  const others = results.filter((result) => result !== winner);
  expect(others.filter(({ outcome }) => !SECOND.has(outcome))).toEqual([]);
  const deletes = lab.sandbox.journal({ isWrite: true, afterSeq: before });
  const { stateKey, mechanism } = lock;
  const object = mechanism === "dynamodb" ? [] : [`${stateKey}.tflock`];
  const item = mechanism === "s3" ? [] : [`${BUCKET}/${stateKey}`];
  expect(deletes.map((entry) => entry.key)).toEqual([...item, ...object]);
  expectNamed(PEOPLE[answers.findIndex((answer) => winner !== undefined && answer.includes(winner))] ?? "", others);

  tally.rounds += 1;
  tally.deletes += deletes.length;
  for (const { outcome, durationMs } of others) {
    tally.others[outcome] = (tally.others[outcome] ?? 0) + 1;
    if (outcome === "in_progress") tally.knewAfterMs.push(Math.round(durationMs));
  }
}

/** Whoever is told to wait is told for whom; after three overtaken tries there is nobody left to wait for. */
function expectNamed(winner: string, others: readonly Result[]): void {
  const told = others.filter(({ outcome, message }) => outcome === "in_progress" && !message.includes("Others keep"));
  for (const { message } of told) expect(message).toContain(`already being unlocked by ${winner}`);
}
