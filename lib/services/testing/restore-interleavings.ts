import fc from "fast-check";
import { AppError } from "#lib/services/errors.ts";
import type { Sandbox } from "#sandbox/sandbox.ts";
import { listPuts, type Mechanisms, restore, settleRestores, unlockForRestore } from "./restoring.ts";
import { ACCOUNT_ID, BUCKET, HOLDER_B, LOCK_ID, LOCK_KEY, lockText, REGION, TABLE, type World } from "./world.ts";

/** One way the world may turn while we restore: at which request, before or after it acts, and what happens to which half. */
type Turn = {
  readonly atRequest: number;
  readonly phase: "before" | "after";
  readonly half: "s3" | "dynamodb";
  readonly act: "lock" | "release" | "relock";
};

const turns = fc.array(
  fc.record({
    atRequest: fc.nat(5),
    phase: fc.constantFrom("before", "after"),
    half: fc.constantFrom("s3", "dynamodb"),
    act: fc.constantFrom("lock", "release", "relock"),
  }),
  { minLength: 1, maxLength: 3 },
);
const mechanisms = fc.constantFrom<Mechanisms>("s3", "dynamodb", "both");

/** A retake before and after each of the first two requests is tried in every run, whatever else chance brings. */
const SURE_TURNS = (["s3", "dynamodb"] as const).flatMap((half) =>
  [0, 1].flatMap((atRequest) =>
    (["before", "after"] as const).map((phase): Turn => ({ atRequest, phase, half, act: "relock" })),
  ),
);
export const SURE_RETAKES = SURE_TURNS.length;

export type RestoreTally = {
  runs: number;
  /** Locks of another holder that our put replaced. */
  overwritten: number;
  putTwice: number;
  /** Restores called a success of which AWS carried out no put. */
  falseSuccesses: number;
  retakes: number;
  outcomes: Record<string, number>;
};

/**
 * Restores holder A while others take and release the lock between any two of our requests, and counts how often a lock of
 * another holder was replaced by ours: every lock of B that was put and not released by its own turn must still be there.
 */
export async function runRestoreInterleavings(world: World, runs: number): Promise<RestoreTally> {
  const tally: RestoreTally = { runs: 0, overwritten: 0, putTwice: 0, falseSuccesses: 0, retakes: 0, outcomes: {} };
  await fc.assert(
    fc.asyncProperty(mechanisms, turns, async (mechanism, plan) => {
      const outcome = await restoreDuring(world, mechanism, plan, tally);
      tally.runs += 1;
      tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
      if (tally.overwritten + tally.putTwice + tally.falseSuccesses > 0) throw new Error(JSON.stringify(tally));
    }),
    { numRuns: runs, examples: SURE_TURNS.map((turn): [Turn["half"], Turn[]] => [turn.half, [turn]]) },
  );
  return tally;
}

async function restoreDuring(
  world: World,
  mechanism: Mechanisms,
  plan: readonly Turn[],
  tally: RestoreTally,
): Promise<string> {
  const { sandbox } = world;
  await clear(sandbox);
  const unlock = await unlockForRestore(world, mechanism);
  sandbox.clearJournal();

  const mustStay = { s3: false, dynamodb: false };
  let requests = 0;
  const stop = sandbox.onRequest(async (request, phase) => {
    if (request.service === "sts") return;
    for (const turn of plan) {
      if (turn.atRequest === requests && turn.phase === phase) await act(sandbox, turn, mustStay, tally);
    }
    if (phase === "after") requests += 1;
  });
  const ended = await restore(world, unlock).catch((error: unknown) => {
    if (error instanceof AppError) return { outcome: error.code, halves: [] };
    throw error;
  });
  stop();

  if (mustStay.s3 && textOfObject(sandbox) !== lockText(HOLDER_B)) tally.overwritten += 1;
  if (mustStay.dynamodb && (await textOfItem(sandbox)) !== lockText(HOLDER_B)) tally.overwritten += 1;
  for (const half of ["PutObject", "PutItem"]) {
    const puts = listPuts(world).filter((entry) => entry.operation === half);
    const isRestored = ended.halves.some(
      ({ mechanism: of, outcome }) => outcome === "restored" && of === (half === "PutItem" ? "dynamodb" : "s3"),
    );
    if (puts.length > 1) tally.putTwice += 1;
    if (isRestored && puts[0]?.status !== 200) tally.falseSuccesses += 1;
  }
  // An outcome left unknown would keep the next unlock waiting.
  await settleRestores(world);
  return ended.outcome;
}

/** Holder B locks as Terraform does, only where nothing is; a relock is what a person does by hand, over anything. */
async function act(
  sandbox: Sandbox,
  turn: Turn,
  mustStay: { s3: boolean; dynamodb: boolean },
  tally: RestoreTally,
): Promise<void> {
  const isFree = turn.half === "s3" ? textOfObject(sandbox) === null : (await textOfItem(sandbox)) === null;
  if (turn.act === "release") {
    if (turn.half === "s3") sandbox.deleteObject(BUCKET, LOCK_KEY);
    else await sandbox.deleteItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
    mustStay[turn.half] = false;
    return;
  }
  if (turn.act === "lock" && !isFree) return;
  if (turn.half === "s3") sandbox.putObject(BUCKET, LOCK_KEY, lockText(HOLDER_B));
  else await sandbox.putItem(ACCOUNT_ID, REGION, TABLE, { LockID: { S: LOCK_ID }, Info: { S: lockText(HOLDER_B) } });
  mustStay[turn.half] = true;
  tally.retakes += 1;
}

function textOfObject(sandbox: Sandbox): string | null {
  const object = sandbox.getObject(BUCKET, LOCK_KEY);
  return object === null ? null : Buffer.from(object.body).toString();
}

async function textOfItem(sandbox: Sandbox): Promise<string | null> {
  const info = (await sandbox.getItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID))?.["Info"];
  return info !== undefined && "S" in info && typeof info.S === "string" ? info.S : null;
}

async function clear(sandbox: Sandbox): Promise<void> {
  sandbox.deleteObject(BUCKET, LOCK_KEY);
  await sandbox.deleteItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
}
