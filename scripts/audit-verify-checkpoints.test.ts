import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { AuditRecord } from "#lib/adapters/db/audit-line.ts";
import type { AuditSigner } from "#lib/adapters/db/signing-key.ts";
import { verifyExport } from "./audit-verify.mjs";
import {
  buildRecords,
  checkpointFile,
  checkpointOf,
  formatExport,
  keyFile,
  newSigner,
  sampleSteps,
} from "./testing/audit-export.ts";

const LENGTH = 33;

let signer: AuditSigner;
let records: readonly AuditRecord[];
let checkpoints: readonly string[];
beforeAll(async () => {
  signer = await newSigner();
  records = buildRecords(sampleSteps(LENGTH, signer));
  checkpoints = Array.from({ length: LENGTH + 1 }, (_, size) => checkpointOf(records, size, signer));
});

function compare(kept: readonly AuditRecord[], sizes: readonly number[]) {
  const notes = sizes.map((size) => checkpoints[size] ?? "");
  return verifyExport([formatExport(kept)], { keys: [keyFile(signer)], checkpoints: [checkpointFile(...notes)] });
}

const anySize = fc.integer({ min: 0, max: LENGTH });

test("a trail agrees with every checkpoint that was ever made of it", async () => {
  const sizes = checkpoints.map((_, size) => size);

  expect(await compare(records, sizes)).toMatchObject({ verdict: "verified", checkpoints: { count: LENGTH + 1 } });
});

test("a cut-off end is found by any checkpoint that knows more, and by no other", async () => {
  await fc.assert(
    fc.asyncProperty(anySize, anySize, async (size, length) => {
      const truncated = { verdict: "bad", seq: length + 1, problem: expect.stringMatching(/^Truncated/) };
      const verified = { verdict: "verified", events: length };

      expect(await compare(records.slice(0, length), [size])).toMatchObject(size > length ? truncated : verified);
    }),
    { numRuns: 300 },
  );
});

test("a past that was rewritten with the very key is found by any checkpoint from after it, and by no other", async () => {
  await fc.assert(
    fc.asyncProperty(anySize, anySize, anySize, async (size, shared, added) => {
      const fork = buildRecords(sampleSteps(added, signer, "b"), records.slice(0, shared));
      const isTruncated = size > fork.length;
      const bad = {
        verdict: "bad",
        seq: isTruncated ? fork.length + 1 : size,
        problem: expect.stringMatching(isTruncated ? /^Truncated/ : /^Forked or rewritten/),
      };

      expect(await compare(fork, [size])).toMatchObject(size > shared ? bad : { verdict: "verified" });
    }),
    { numRuns: 150 },
  );
});

test("of several checkpoints the smallest that contradicts is named, in any order of the file", async () => {
  const fork = buildRecords(sampleSteps(10, signer, "b"), records.slice(0, 20));

  for (const sizes of [
    [30, 10, 25, 20],
    [20, 25, 10, 30],
  ]) {
    const problem = expect.stringMatching(/before event 25: .* Up to event 20 it agrees/);
    expect(await compare(fork, sizes)).toMatchObject({ verdict: "bad", seq: 25, problem });
  }
});
