import { encodeBase64 } from "#lib/domain/base64.ts";
import { encodeHex } from "#lib/domain/hex.ts";
import { requireAnywhere } from "#lib/services/access/permit.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { TrailVerdict } from "#lib/services/ports/trail.ts";
import { readTree } from "./read-tree.ts";
import { findContradiction, readOutsideClaims, readOwnClaim } from "./tree-claims.ts";

/** The length of the trail and its newest checkpoint now, and what the last full look at it found. */
export type TrailStatus = {
  readonly events: number;
  readonly headHash: string;
  readonly verdict: { readonly ok: boolean; readonly problem: TrailVerdict["problem"] };
  /** How far the verdict reaches, and from which event on it is about signatures too. */
  readonly verifiedEvents: number;
  readonly signaturesFrom: number;
  readonly verifiedAtMs: number;
  readonly durationMs: number;
  readonly checkpoint: {
    readonly size: number;
    readonly atMs: number;
    readonly keyId: string;
    readonly root: string;
  } | null;
  readonly checkpointVerdict: {
    readonly ok: boolean;
    /** What contradicts, or why the last checkpoint was not signed. */
    readonly problem: string | null;
    readonly compared: TrailVerdict["compared"];
  };
  readonly unsignedEvents: number;
};

/** A page load does not look at everything again within this time. */
const FRESH_MS = 30_000;
const SIGNATURES_CHECKED = 1_000;

/** Whether the trail is whole up to now. Hashes and links of all events are checked, and signatures of the newest 1,000. */
export async function describeTrail(ctx: Context): Promise<TrailStatus> {
  await requireAnywhere(ctx, "audit.read");
  const found = await verifyTrail(ctx);
  const [head, latest] = [await ctx.audit.readHead(), await ctx.checkpoints.findLatest()];
  const problem = found.contradiction?.message ?? ctx.trail.refusal;
  return {
    events: head.seq,
    headHash: encodeHex(head.hash),
    verdict: { ok: found.problem === null, problem: found.problem },
    verifiedEvents: found.size,
    signaturesFrom: found.signaturesFrom,
    verifiedAtMs: found.checkedAtMs,
    durationMs: found.durationMs,
    checkpoint: latest && {
      size: latest.size,
      atMs: latest.atMs,
      keyId: latest.keyId,
      root: encodeBase64(latest.root),
    },
    checkpointVerdict: { ok: problem === null, problem, compared: found.compared },
    unsignedEvents: Math.max(0, head.seq - (latest?.size ?? 0)),
  };
}

/** The last full look at the trail, or a new one where that is too long ago; who comes meanwhile waits for the same. */
export function verifyTrail(ctx: Context): Promise<TrailVerdict> {
  const { trail } = ctx;
  const running = trail.verification;
  if (running !== null && (running.endedMs === null || ctx.monotonicMs() - running.endedMs < FRESH_MS)) {
    return running.done;
  }
  const verification = { endedMs: null as number | null, done: lookAtTrail(ctx) };
  trail.verification = verification;
  verification.done.then(
    (verdict) => {
      verification.endedMs = ctx.monotonicMs();
      trail.verdict = verdict;
    },
    () => {
      trail.verification = null;
    },
  );
  return verification.done;
}

async function lookAtTrail(ctx: Context): Promise<TrailVerdict> {
  const startedMs = ctx.monotonicMs();
  const chain = await ctx.audit.verify();
  const signaturesFrom = Math.max(1, chain.size - SIGNATURES_CHECKED + 1);
  const problem = chain.problem ?? (await ctx.audit.verifyAfter(signaturesFrom - 1));
  const own = await readOwnClaim(ctx, await ctx.checkpoints.findLatest());
  // Asking the places outside takes time that a page does not have; each checkpoint asks them anew.
  const claims = [...own.claims, ...(ctx.trail.claims ?? (await readOutsideClaims(ctx)))];
  const reading = await readTree(
    ctx,
    claims.map(({ size }) => size),
  );
  return {
    size: chain.size,
    checkedAtMs: chain.checkedAtMs,
    durationMs: ctx.monotonicMs() - startedMs,
    problem,
    signaturesFrom,
    compared: claims.map(({ place, size }) => ({ place, size })),
    contradiction: own.contradiction ?? (reading.verdict === "read" ? findContradiction(reading.tree, claims) : null),
  };
}
