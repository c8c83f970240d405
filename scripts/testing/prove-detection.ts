import fc from "fast-check";
import { expect } from "vitest";
import { verifyExport } from "#scripts/audit-verify.mjs";
import { formatExport, keyFile, newSigner } from "./audit-export.ts";
import { anyMutation, findFirstDifference, sampleTrail } from "./audit-mutations.ts";

/** Makes so many random changes, one at a time, and expects each to be found exactly where it begins. */
export async function proveDetection(numRuns: number): Promise<number> {
  const trail = sampleTrail([await newSigner(), await newSigner(), await newSigner()]);
  const whole = formatExport(trail.records);
  const trust = { keys: [keyFile(trail.signer)] };
  expect(await verifyExport([whole], trust)).toMatchObject({ verdict: "verified", events: trail.records.length });
  let detected = 0;
  await fc.assert(
    fc.asyncProperty(anyMutation, async (mutate) => {
      const changed = mutate(trail);
      const seq = findFirstDifference(whole, changed);
      const isCutAtTheEnd = whole.subarray(0, changed.length).equals(changed) && changed.at(-1) === 0x0a;
      fc.pre(seq !== null && !isCutAtTheEnd);

      expect(await verifyExport([changed], trust)).toMatchObject({ verdict: "bad", seq });
      detected += 1;
    }),
    { numRuns },
  );
  return detected;
}
