import type { TrailMemory } from "#lib/services/ports/trail.ts";

/** A process that has read nothing of the trail yet. */
export function createTrailMemory(): TrailMemory {
  return {
    tree: null,
    claims: null,
    strangeNotes: new Map(),
    failedSinks: new Set(),
    refusal: null,
    verification: null,
    verdict: null,
  };
}
