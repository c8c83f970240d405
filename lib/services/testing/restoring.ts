import { randomUUID } from "node:crypto";
import type { Restore } from "#lib/domain/restore.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { reconcileRestores } from "#lib/services/restores/reconcile-restores.ts";
import { restoreUnlock } from "#lib/services/restores/restore-unlock.ts";
import { BUCKET, HOLDER_A, holdDynamodb, holdS3, LOCK_KEY, lockText, type World } from "./world.ts";

export type Mechanisms = "s3" | "dynamodb" | "both";

/** More than any unlock or restore can last, and far less than the window in which one can be undone. */
export const PAST_DEADLINE_MS = 60_000;

/** Lets holder A lock. */
export async function holdAs(world: World, mechanisms: Mechanisms, text: string = lockText(HOLDER_A)): Promise<void> {
  if (mechanisms !== "dynamodb") holdS3(world, text);
  if (mechanisms !== "s3") await holdDynamodb(world, text);
}

/** Locks as holder A, unlocks that, and lets time pass until it can be undone. */
export async function unlockForRestore(world: World, mechanisms: Mechanisms): Promise<Unlock> {
  await holdAs(world, mechanisms);
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);
  return unlock;
}

/** Asks to undo an unlock, as its page would. */
export function restore(
  world: World,
  unlock: Unlock,
  change: Partial<Parameters<typeof restoreUnlock>[1]> & { ctx?: Context } = {},
): Promise<Restore> {
  const { ctx = world.ctx, ...request } = change;
  const usual = { unlockId: unlock.id, reason: "it was the wrong lock, sorry", idempotencyKey: randomUUID() };
  return restoreUnlock(ctx, { ...usual, ...request });
}

/** Settles what is open, once nothing that was sent can still arrive. */
export async function settleRestores(world: World): ReturnType<typeof reconcileRestores> {
  world.clock.advance(PAST_DEADLINE_MS);
  // AWS refuses credentials that the jump made too old, and whoever is refused drops them.
  await world.scan();
  return reconcileRestores({ ...world.ctx, actor: { kind: "system", name: "reconciler" } });
}

/** Every put that reached AWS, in order. */
export function listPuts(world: World) {
  return world.sandbox.journal({ operation: ["PutObject", "PutItem"] });
}

/** The text of the lock's object; null where there is none. */
export function heldObject(world: World): string | null {
  const object = world.sandbox.getObject(BUCKET, LOCK_KEY);
  return object === null ? null : Buffer.from(object.body).toString();
}

/** What became of each half, in a form that reads well in an assertion. */
export function outcomesOf(record: {
  readonly halves: readonly { readonly mechanism: string; readonly outcome: string }[];
}): readonly string[] {
  return record.halves.map((half) => `${half.mechanism} ${half.outcome}`);
}
