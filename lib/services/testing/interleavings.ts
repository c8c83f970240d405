import fc from "fast-check";
import type { Sandbox } from "#sandbox/sandbox.ts";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  LOCK_ID,
  LOCK_KEY,
  lockText,
  REGION,
  TABLE,
  type World,
} from "./world.ts";

/** One way the world may turn while we unlock: at which request, before or after it acts, and what happens to which half. */
type Turn = {
  readonly atRequest: number;
  readonly phase: "before" | "after";
  readonly half: "s3" | "dynamodb";
  readonly act: "retake" | "release" | "release-and-retake";
};

const turns = fc.array(
  fc.record({
    atRequest: fc.nat(9),
    phase: fc.constantFrom("before", "after"),
    half: fc.constantFrom("s3", "dynamodb"),
    act: fc.constantFrom("retake", "release", "release-and-retake"),
  }),
  { minLength: 1, maxLength: 3 },
);
const mechanisms = fc.constantFrom("s3", "dynamodb", "both");

/** A retake before and after each of the first two requests is tried in every run, whatever else chance brings. */
const SURE_TURNS = (["s3", "dynamodb"] as const).flatMap((half) =>
  [0, 1].flatMap((atRequest) =>
    (["before", "after"] as const).flatMap((phase) =>
      (["retake", "release-and-retake"] as const).map((act): Turn => ({ atRequest, phase, half, act })),
    ),
  ),
);
export const SURE_RETAKES = SURE_TURNS.length;

export type Tally = { runs: number; wrongDeletes: number; retakes: number; outcomes: Record<string, number> };

/**
 * Unlocks holder A while others release and retake the lock between any two of our requests, and counts how often a lock of
 * another holder was removed by us: every lock of B that was put and not released by its own turn must still be there.
 */
export async function runInterleavings(world: World, runs: number): Promise<Tally> {
  const tally: Tally = { runs: 0, wrongDeletes: 0, retakes: 0, outcomes: {} };
  await fc.assert(
    fc.asyncProperty(mechanisms, turns, async (mechanism, plan) => {
      const outcome = await unlockDuring(world, mechanism, plan, tally);
      tally.runs += 1;
      tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
      if (tally.wrongDeletes > 0) throw new Error("a lock of another holder was removed");
    }),
    { numRuns: runs, examples: SURE_TURNS.map((turn): [Turn["half"], Turn[]] => [turn.half, [turn]]) },
  );
  return tally;
}

async function unlockDuring(world: World, mechanism: string, plan: readonly Turn[], tally: Tally): Promise<string> {
  const { sandbox } = world;
  await clear(sandbox);
  if (mechanism !== "dynamodb") sandbox.putObject(BUCKET, LOCK_KEY, lockText(HOLDER_A));
  if (mechanism !== "s3") await putItem(sandbox, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();

  const mustStay = { s3: false, dynamodb: false };
  let requests = 0;
  const stop = sandbox.onRequest(async (request, phase) => {
    if (request.service === "sts") return;
    for (const turn of plan) {
      if (turn.atRequest === requests && turn.phase === phase) await act(sandbox, turn, mustStay, tally);
    }
    if (phase === "after") requests += 1;
  });
  const unlock = await world.unlock(lock);
  stop();

  const object = sandbox.getObject(BUCKET, LOCK_KEY);
  const item = await sandbox.getItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
  if (mustStay.s3 && object === null) tally.wrongDeletes += 1;
  if (mustStay.dynamodb && item === null) tally.wrongDeletes += 1;
  return unlock.outcome;
}

async function act(
  sandbox: Sandbox,
  turn: Turn,
  mustStay: { s3: boolean; dynamodb: boolean },
  tally: Tally,
): Promise<void> {
  if (turn.act !== "retake") {
    if (turn.half === "s3") sandbox.deleteObject(BUCKET, LOCK_KEY);
    else await sandbox.deleteItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
    mustStay[turn.half] = false;
  }
  if (turn.act === "release") return;
  if (turn.half === "s3") sandbox.putObject(BUCKET, LOCK_KEY, lockText(HOLDER_B));
  else await putItem(sandbox, lockText(HOLDER_B));
  mustStay[turn.half] = true;
  tally.retakes += 1;
}

async function clear(sandbox: Sandbox): Promise<void> {
  sandbox.deleteObject(BUCKET, LOCK_KEY);
  await sandbox.deleteItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
}

function putItem(sandbox: Sandbox, text: string): Promise<void> {
  return sandbox.putItem(ACCOUNT_ID, REGION, TABLE, { LockID: { S: LOCK_ID }, Info: { S: text } });
}
