import { formatCheckpoint, formatNote } from "#lib/domain/signed-note.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Checkpoint, CheckpointSink } from "#lib/services/ports/trail.ts";
import { readTree, type TrailTree } from "./read-tree.ts";
import { findContradiction, readOutsideClaims, readOwnClaim } from "./tree-claims.ts";

export type CheckpointVerdict =
  | { readonly verdict: "written"; readonly checkpoint: Checkpoint }
  | { readonly verdict: "unchanged" }
  | { readonly verdict: "refused"; readonly problem: string }
  /** Another process, or another call in this one, is at it. */
  | { readonly verdict: "busy" };

/**
 * Signs the trail as it is now, and sends that to every place that keeps checkpoints. Never signs what contradicts a checkpoint
 * signed before, nor an event that does not verify. Throws AppError `unavailable` where the database does not answer.
 */
export async function writeCheckpoint(ctx: Context): Promise<CheckpointVerdict> {
  return (await ctx.leadership.lead("checkpoint", () => writeAsLeader(ctx))) ?? { verdict: "busy" };
}

async function writeAsLeader(ctx: Context): Promise<CheckpointVerdict> {
  const latest = await ctx.checkpoints.findLatest();
  const found = await examine(ctx, latest);
  if ("problem" in found) return refuse(ctx, found.problem);
  ctx.trail.refusal = null;
  const { size } = found.tree;
  if (size === (latest?.size ?? 0)) {
    if (latest !== null) await send(ctx, latest, ({ name }) => ctx.trail.failedSinks.has(name));
    return { verdict: "unchanged" };
  }
  const checkpoint = sign(ctx, found.tree);
  // The places outside first: a process that dies in between signs the same again, and they know it already.
  await send(ctx, checkpoint, () => true);
  await ctx.checkpoints.record(checkpoint);
  ctx.counters.checkpointWritten(checkpoint);
  return { verdict: "written", checkpoint };
}

/** The tree to sign, or why it must not be signed. */
async function examine(
  ctx: Context,
  latest: Checkpoint | null,
): Promise<{ readonly tree: TrailTree } | { readonly problem: string }> {
  const own = await readOwnClaim(ctx, latest);
  if (own.contradiction !== null) return { problem: own.contradiction.message };
  // Asked before the trail is read: what another leader signs meanwhile is then part of it.
  const claims = [...own.claims, ...(await readOutsideClaims(ctx))];
  const reading = await readTree(
    ctx,
    claims.map(({ size }) => size),
  );
  if (reading.verdict === "broken") return { problem: `the audit trail lacks events before ${reading.seq}` };
  const contradiction = findContradiction(reading.tree, claims);
  if (contradiction !== null) return { problem: contradiction.message };
  const event = await ctx.audit.verifyAfter(latest?.size ?? 0);
  if (event !== null) return { problem: `event ${event.seq} of the audit trail does not verify: ${event.message}` };
  const { verdict } = ctx.trail;
  if (verdict !== null && verdict.problem !== null) {
    const { seq, message } = verdict.problem;
    return { problem: `event ${seq} of the audit trail did not verify at the last full look: ${message}` };
  }
  return { tree: reading.tree };
}

function refuse(ctx: Context, problem: string): CheckpointVerdict {
  ctx.trail.refusal = problem;
  ctx.log.error({ problem }, "no checkpoint is signed, because the audit trail is not what it was");
  return { verdict: "refused", problem };
}

function sign(ctx: Context, { size, root }: TrailTree): Checkpoint {
  const body = formatCheckpoint({ origin: ctx.audit.signedBy.keyName, size, root });
  const signature = ctx.audit.signNote(body);
  return { size, root, note: formatNote(body, [signature]), keyId: signature.keyId, atMs: ctx.now() };
}

/** A place that fails gets the next one; the checkpoint is signed all the same. */
async function send(ctx: Context, checkpoint: Checkpoint, isMeant: (sink: CheckpointSink) => boolean): Promise<void> {
  const { size } = checkpoint;
  const sendTo = async (sink: CheckpointSink) => {
    try {
      await sink.write(checkpoint);
      ctx.trail.failedSinks.delete(sink.name);
    } catch (error) {
      ctx.trail.failedSinks.add(sink.name);
      ctx.log.warn({ place: sink.name, size, cause: String(error) }, "a checkpoint could not be kept here");
    }
  };
  await Promise.all(ctx.checkpointSinks.filter(isMeant).map(sendTo));
}
