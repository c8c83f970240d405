import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMerkleTree, type MerkleState } from "./merkle-tree.ts";

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** The tree head as RFC 6962, section 2.1 defines it, word for word. */
function computeRootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array());
  if (leaves.length === 1) return sha256(Uint8Array.of(0, ...only));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = computeRootByDefinition(leaves.slice(0, split));
  return sha256(Uint8Array.of(1, ...left, ...computeRootByDefinition(leaves.slice(split))));
}

function grow(leaves: readonly Uint8Array[], from?: MerkleState) {
  const tree = createMerkleTree(sha256, from);
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

// The leaves and roots that the implementations of Certificate Transparency test themselves with.
const VECTOR_LEAVES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
];
const VECTOR_ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test.each(VECTOR_ROOTS.map((root, size) => [size, root] as const))(
  "the first %i test leaves of Certificate Transparency have the published root",
  (size, root) => {
    const leaves = VECTOR_LEAVES.slice(0, size).map((hex) => new Uint8Array(Buffer.from(hex, "hex")));

    expect(toHex(grow(leaves).root())).toBe(root);
    expect(toHex(computeRootByDefinition(leaves))).toBe(root);
  },
);

const anyLeaves = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 80 });

test("a grown tree has the root that the definition gives, at each of its sizes", () => {
  fc.assert(
    fc.property(anyLeaves, (leaves) => {
      const tree = createMerkleTree(sha256);
      for (const [index, leaf] of leaves.entries()) {
        tree.append(leaf);
        expect(tree.size()).toBe(index + 1);
        expect(toHex(tree.root())).toBe(toHex(computeRootByDefinition(leaves.slice(0, index + 1))));
      }
    }),
    { numRuns: 100 },
  );
});

test("a tree that was put away at any size grows on as if it never had been", () => {
  fc.assert(
    fc.property(anyLeaves, fc.nat(), (leaves, at) => {
      const cut = at % (leaves.length + 1);
      const before = grow(leaves.slice(0, cut)).state();
      const after = grow(leaves.slice(cut), before);

      expect(toHex(after.root())).toBe(toHex(grow(leaves).root()));
      expect(before.nodes.length).toBeLessThanOrEqual(Math.ceil(Math.log2(cut + 1)));
      expect(before.size).toBe(cut);
    }),
    { numRuns: 200 },
  );
});

test("refuses to go on from a state that lost a node", () => {
  const { size, nodes } = grow([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]).state();

  expect(() => createMerkleTree(sha256, { size, nodes: nodes.slice(1) })).toThrow("3 leaves");
  expect(() => createMerkleTree(sha256, { size: size + 1, nodes })).toThrow("4 leaves");
});
