import { decodeHex } from "#lib/domain/hex.ts";
import { createMerkleTree } from "#lib/domain/merkle-tree.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { TrailMemory } from "#lib/services/ports/trail.ts";

const HASHES_AT_ONCE = 5_000;

/** The tree over the whole trail as it is now, with its roots at the sizes asked for, as far as it reaches. */
export type TrailTree = {
  readonly size: number;
  readonly root: Uint8Array;
  readonly roots: ReadonlyMap<number, Uint8Array>;
};

export type TreeReading =
  | { readonly verdict: "read"; readonly tree: TrailTree }
  | { readonly verdict: "broken"; readonly seq: number };

type Reader = Pick<Context, "audit" | "trail" | "sha256">;

/**
 * Reads what was appended since the last time, or everything where this process has not read it yet or the trail is no
 * longer the one that it read.
 */
export async function readTree(ctx: Reader, sizes: readonly number[]): Promise<TreeReading> {
  const known = await recallTree(ctx, sizes);
  const tree = createMerkleTree((bytes) => decodeHex(ctx.sha256(bytes)), known?.state);
  const roots = new Map([...(known?.roots ?? [])].filter(([size]) => sizes.includes(size)));
  let lastHash = known?.lastHash ?? null;
  for (;;) {
    const page = await ctx.audit.readHashes({ afterSeq: tree.size(), limit: HASHES_AT_ONCE });
    for (const { seq, hash } of page) {
      if (seq !== tree.size() + 1) return { verdict: "broken", seq };
      tree.append(hash);
      lastHash = hash;
      if (sizes.includes(seq)) roots.set(seq, tree.root());
    }
    if (page.length < HASHES_AT_ONCE) break;
  }
  const [size, root] = [tree.size(), tree.root()];
  roots.set(size, root);
  ctx.trail.tree = lastHash === null ? null : { state: tree.state(), lastHash, roots };
  return { verdict: "read", tree: { size, root, roots } };
}

/** What was read before, if it can say all that is asked and its last event is still there with all that it builds on. */
async function recallTree({ audit, trail }: Reader, sizes: readonly number[]): Promise<TrailMemory["tree"]> {
  const known = trail.tree;
  if (known === null || sizes.some((size) => size <= known.state.size && !known.roots.has(size))) return null;
  const { size } = known.state;
  const [last] = await audit.readHashes({ afterSeq: size - 1, limit: 1 });
  const isSame = last?.seq === size && last.hash.every((byte, index) => byte === known.lastHash[index]);
  return isSame ? known : null;
}
