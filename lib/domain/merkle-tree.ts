export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** What a tree must keep to grow: the roots of its complete subtrees, largest first, one for each 1 bit of `size`. */
export type MerkleState = { readonly size: number; readonly nodes: readonly Uint8Array[] };

/** A Merkle tree of RFC 6962 that knows its root and can grow, in memory that is logarithmic in its size. */
export type MerkleTree = {
  readonly append: (leafData: Uint8Array) => void;
  readonly size: () => number;
  readonly root: () => Uint8Array;
  readonly state: () => MerkleState;
};

// The prefixes keep a leaf from passing for a node (RFC 6962, section 2.1).
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The empty tree, or one that goes on from what `state` returned before. Throws for nodes that cannot be of that size. */
export function createMerkleTree(sha256: Sha256, from: MerkleState = { size: 0, nodes: [] }): MerkleTree {
  if (countOnes(from.size) !== from.nodes.length) {
    throw new RangeError(`A tree of ${from.size} leaves does not have ${from.nodes.length} complete subtrees.`);
  }
  const hashNode = (left: Uint8Array, right: Uint8Array) => sha256(join(NODE, left, right));
  const nodes = [...from.nodes];
  let size = from.size;
  return {
    append: (leafData) => {
      let node = sha256(join(LEAF, leafData));
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = hashNode(nodes.pop() ?? node, node);
      nodes.push(node);
      size += 1;
    },
    size: () => size,
    root: () =>
      nodes.length === 0 ? sha256(new Uint8Array()) : nodes.reduceRight((right, left) => hashNode(left, right)),
    state: () => ({ size, nodes: [...nodes] }),
  };
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
