import { expect } from "vitest";
import type { Unlock, UnlockOutcome } from "#lib/domain/unlock.ts";
import type { CrashLab, LabLock } from "./crash-lab.ts";
import type { CrashPoint, Death } from "./crash-protocol.ts";
import { type Findings, settleAndCompare } from "./crash-truth.ts";

/** Rounds in every run of the tests; opening the embedded database costs a process seconds. `npm run test:soak` has 100 each. */
export const FEW_KILLS = process.env["LOCKKEEPER_TEST_DATABASE"] === "postgres" ? 3 : 2;
/** Of several unlocks at once, so that the others are anywhere when the process dies. */
const UNLOCKS_AT_ONCE = 3;
/** Kills in a row before the store is opened to settle: a restart that dies again must do no harm either. */
const KILLS_PER_START = 12;
/** More than a process can do in the time that it lives. */
const UNLOCKS_PER_LIFE = 24;

export type DeadUnlock = Death & { readonly mechanism: LabLock["mechanism"]; readonly outcome: UnlockOutcome };
export type CrashTally = { kills: number; findings: Findings | null; outcomes: Record<string, number> };

/**
 * Kills one process after the other, each at the next of the points, settles, and compares all records with the truth.
 * `expected` says what must have become of the very unlock at which a process died.
 */
export async function crashRepeatedly(
  lab: CrashLab,
  options: {
    points: readonly CrashPoint[];
    killsEach: number;
    expected: (dead: DeadUnlock, point: CrashPoint) => readonly UnlockOutcome[];
  },
): Promise<CrashTally> {
  const tally: CrashTally = { kills: 0, findings: null, outcomes: {} };
  const plan = Array.from({ length: options.killsEach }, () => options.points).flat();
  for (let from = 0; from < plan.length; from += KILLS_PER_START) {
    const deaths = await killAtPoints(lab, plan.slice(from, from + KILLS_PER_START));
    const { findings, unlocks } = await settleAll(lab);
    for (const { point, ...death } of deaths) {
      const dead = describeDeath(death, unlocks);
      const name = `${point}: ${dead.mechanism}, ${dead.deletesAnswered} answered`;
      expect(options.expected(dead, point), name).toContain(dead.outcome);
      const line = `${name}: ${dead.outcome}`;
      tally.outcomes[line] = (tally.outcomes[line] ?? 0) + 1;
    }
    tally.kills += deaths.length;
    tally.findings = findings;
  }
  return tally;
}

/** Kills processes at random times while they unlock one lock after the other, settles, and compares all records with the truth. */
export async function killRepeatedly(lab: CrashLab, options: { kills: number; afterMsMax: number }) {
  let pool: readonly LabLock[] = [];
  let findings: Findings | null = null;
  let kills = 0;
  while (kills < options.kills) {
    const rounds = Math.min(KILLS_PER_START, options.kills - kills);
    pool = [...pool, ...(await lab.takeLocks(Math.max(0, rounds * UNLOCKS_PER_LIFE - pool.length)))];
    for (let round = 0; round < rounds; round += 1) {
      const process = await lab.startProcess();
      await lab.open(process);
      const mine = pool.slice(round * UNLOCKS_PER_LIFE, (round + 1) * UNLOCKS_PER_LIFE);
      const [first, ...rest] = mine.map(({ request }) => request);
      if (first === undefined) throw new Error("there is no lock left");
      // The first unlock of a process connects and compiles for longer than the others take.
      await process.unlock([first], 1);
      await process.unlockUntilKilled(rest, Math.random() * options.afterMsMax);
    }
    kills += rounds;
    const settled = await settleAll(lab);
    findings = settled.findings;
    const used = new Set(settled.unlocks.map(({ stateKey }) => stateKey));
    pool = pool.filter(({ stateKey }) => !used.has(stateKey));
  }
  return { kills, findings };
}

async function killAtPoints(lab: CrashLab, points: readonly CrashPoint[]) {
  const locks = await lab.takeLocks(points.length * UNLOCKS_AT_ONCE);
  const deaths: (Death & { point: CrashPoint })[] = [];
  for (const [round, point] of points.entries()) {
    const process = await lab.startProcess();
    await lab.open(process);
    const requests = locks.slice(round * UNLOCKS_AT_ONCE).slice(0, UNLOCKS_AT_ONCE);
    const death = await process.unlockUntilCrash(
      requests.map(({ request }) => request),
      { point, at: 1 + (Math.floor(round / 2) % UNLOCKS_AT_ONCE) },
    );
    if (death === null) throw new Error(`no unlock came to ${point}`);
    deaths.push({ ...death, point });
  }
  return deaths;
}

async function settleAll(lab: CrashLab): Promise<{ findings: Findings; unlocks: readonly Unlock[] }> {
  lab.skipDeadlines();
  const settled = await lab.inspect(async (ctx) => {
    const findings = await settleAndCompare(ctx, lab.sandbox);
    return { findings, unlocks: await ctx.unlocks.list({ limit: 1_000_000 }) };
  });
  expect(settled.findings.broken).toEqual([]);
  return settled;
}

function describeDeath(death: Death, unlocks: readonly Unlock[]): DeadUnlock {
  const unlock = unlocks.find(({ id }) => id === death.unlockId);
  if (unlock === undefined) throw new Error(`unlock ${death.unlockId} has no record`);
  const mechanism = unlock.halves.length > 1 ? "both" : (unlock.halves[0]?.mechanism ?? "s3");
  return { ...death, mechanism, outcome: unlock.outcome };
}
