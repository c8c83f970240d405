import { expect } from "vitest";
import type { hostileBodies } from "#lib/domain/testing/hostile-corpus.ts";
import { getLock } from "#lib/services/locks/get-lock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { BUCKET, readAudit, type World } from "./world.ts";

/** Has each of these bodies found, shown and released as an S3 lock, and wants its bytes in the record. */
export async function releaseHostileBodies(world: World, chosen: typeof hostileBodies): Promise<void> {
  const bodies = chosen.map(({ name, bytes }) => ({ bytes, stateKey: `hostile/${name}` }));
  for (const { stateKey, bytes } of bodies) world.sandbox.putObject(BUCKET, `${stateKey}.tflock`, bytes);
  await world.scan();
  const locks = await listAllLocks(world.ctx);
  expect(locks).toHaveLength(bodies.length);

  for (const { stateKey, bytes } of bodies) {
    const lock = locks.find((candidate) => candidate.stateKey === stateKey);
    if (lock === undefined) throw new Error(`${stateKey} was not found`);
    const detail = await getLock(world.ctx, lock.key);
    expect(JSON.parse(JSON.stringify(detail)), stateKey).toBeTruthy();
    const unlock = await world.unlock(lock);
    expect([stateKey, unlock.outcome, world.sandbox.getObject(BUCKET, `${stateKey}.tflock`)]).toEqual([
      stateKey,
      "released",
      null,
    ]);
    const stored = await world.ctx.unlocks.find(unlock.id);
    const isKept = Buffer.from(stored?.halves[0]?.raw ?? []).equals(Buffer.from(bytes.subarray(0, 65_536)));
    expect(isKept, stateKey).toBe(true);
  }
  expect((await readAudit(world)).filter((event) => event["action"] === "unlock.outcome")).toHaveLength(bodies.length);
}
