import { parseNote } from "#lib/domain/signed-note.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Checkpoint, CheckpointSink, TrailVerdict, TreeClaim } from "#lib/services/ports/trail.ts";
import type { TrailTree } from "./read-tree.ts";

export const IN_THE_DATABASE = "the database";

type Contradiction = NonNullable<TrailVerdict["contradiction"]>;

/** What the newest checkpoint of each place outside the database says. Those count: the database's own can be changed with it. */
export async function readOutsideClaims(ctx: Context): Promise<readonly TreeClaim[]> {
  const claims = await Promise.all(ctx.checkpointSinks.map((sink) => readClaim(ctx, sink)));
  const known = claims.filter((claim) => claim !== null);
  ctx.trail.claims = known;
  return known;
}

async function readClaim(ctx: Context, sink: CheckpointSink): Promise<TreeClaim | null> {
  const text = await sink.readLatest().catch((error: unknown) => {
    ctx.log.warn({ place: sink.name, cause: String(error) }, "could not read the newest checkpoint");
    return null;
  });
  if (text === null) return null;
  const note = parseNote(text);
  const { keyName } = ctx.audit.signedBy;
  if (note.verdict === "parsed" && note.origin === keyName && (await ctx.audit.isOwnNote(note))) {
    ctx.trail.strangeNotes.delete(sink.name);
    return { place: sink.name, size: note.size, root: note.root };
  }
  if (ctx.trail.strangeNotes.get(sink.name) !== text) {
    ctx.trail.strangeNotes.set(sink.name, text);
    ctx.log.warn(
      { place: sink.name, note: text },
      "what is kept there is no checkpoint that a key of this trail signed",
    );
  }
  return null;
}

/** The first claim that the trail does not bear out. */
export function findContradiction(tree: TrailTree, claims: readonly TreeClaim[]): Contradiction | null {
  for (const { place, size, root } of claims) {
    if (size > tree.size) return contradict({ place, size }, `the trail now has only ${tree.size}`);
    const now = tree.roots.get(size);
    if (now === undefined || now.some((byte, index) => byte !== root[index])) {
      return contradict({ place, size }, "its first events are not those that were signed");
    }
  }
  return null;
}

function contradict(at: { place: string; size: number }, why: string): Contradiction {
  return { ...at, message: `the audit trail contradicts the checkpoint of ${at.size} events in ${at.place}: ${why}` };
}

/** What the database's own newest checkpoint says; or that it is not one, which nobody but its owner can have done. */
export async function readOwnClaim(
  ctx: Context,
  latest: Checkpoint | null,
): Promise<{ readonly claims: readonly TreeClaim[]; readonly contradiction: Contradiction | null }> {
  if (latest === null) return { claims: [], contradiction: null };
  const { size, root } = latest;
  const note = parseNote(latest.note);
  const isSound =
    note.verdict === "parsed" &&
    note.size === size &&
    note.root.every((byte, index) => byte === root[index]) &&
    (await ctx.audit.isOwnNote(note));
  if (isSound) return { claims: [{ place: IN_THE_DATABASE, size, root }], contradiction: null };
  const message = `the checkpoint of ${size} events in ${IN_THE_DATABASE} is not what a key of this trail signed`;
  return { claims: [], contradiction: { place: IN_THE_DATABASE, size, message } };
}
