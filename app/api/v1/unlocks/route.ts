import { z } from "zod";
import { UNLOCK_OUTCOMES } from "#lib/domain/unlock.ts";
import { UNLOCK_BYTES_MAX } from "#lib/server/body-limit.ts";
import { parseInput, readBody, runRoute } from "#lib/server/run-route.ts";
import { runUnlock } from "#lib/server/running-unlocks.ts";
import { answerUnlock, answerWaiting } from "#lib/server/unlock-answer.ts";
import { listUnlocks } from "#lib/services/unlocks/list-unlocks.ts";
import { recordInvalidAttempt } from "#lib/services/unlocks/record-invalid-attempt.ts";

const UnlockBody = z.object({
  key: z.string().max(200),
  lockId: z.string({ error: "echo the lock's lockId, or null where it has none" }).nullable(),
  fingerprint: z.string().max(200),
  reason: z.string(),
  breakGlass: z.boolean().optional(),
});

export function POST(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const idempotencyKey = request.headers.get("idempotency-key");
    let body: unknown = null;
    try {
      body = await readBody(request, z.unknown(), UNLOCK_BYTES_MAX);
      const { breakGlass: isBreakGlass = false, ...wish } = parseInput(body, UnlockBody);
      const unlock = await runUnlock(ctx, { ...wish, isBreakGlass, idempotencyKey: idempotencyKey ?? "" });
      return unlock.outcome === "waiting" ? answerWaiting(ctx, unlock) : answerUnlock(unlock, ctx.requestId);
    } catch (error) {
      await recordInvalidAttempt(ctx, { body, idempotencyKey }, error);
      throw error;
    }
  });
}

const UnlocksQuery = z.object({
  actor: z.string().max(200).optional(),
  account: z.string().max(200).optional(),
  outcome: z.enum(UNLOCK_OUTCOMES).optional(),
  key: z.string().max(200).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export function GET(request: Request): Promise<Response> {
  return runRoute(request, async (ctx) => {
    const given = Object.fromEntries([...new URL(request.url).searchParams].filter(([, value]) => value !== ""));
    const { key, cursor, ...filter } = parseInput(given, UnlocksQuery);
    return Response.json(await listUnlocks(ctx, { ...filter, lockKey: key, before: cursor }));
  });
}
