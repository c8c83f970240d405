import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";
import type { ChildAnswer, ChildCommand, Crash, CrashPoint, Death, Result } from "./crash-protocol.ts";
import { createTestContext } from "./test-context.ts";

// A second Lockkeeper process for tests: the real services and adapters over the store and the sandbox that it is told. It
// kills itself with SIGKILL at a named point of an unlock, or lives on and answers.

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
let opened: Context | null = null;

process.on("message", (command: ChildCommand) => {
  serve(command).then(answer, (error: unknown) => answer({ kind: "failed", message: String(error) }));
});
process.on("disconnect", () => process.exit(0));
// Kept for the next process now, because this one may not live to its end.
flushCompileCache();
answer({ kind: "loaded" });

async function serve(command: ChildCommand): Promise<ChildAnswer> {
  if (command.kind === "open") {
    opened = await open(command);
    return { kind: "open" };
  }
  if (opened === null) throw new Error("nothing was opened");
  const ctx = command.crash === null ? opened : crashing(opened, command.crash);
  const waiting = [...command.requests];
  const results: Result[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await unlock(ctx, next));
  };
  await Promise.all(Array.from({ length: command.lanes }, work));
  return { kind: "done", results };
}

async function open(command: Extract<ChildCommand, { kind: "open" }>): Promise<Context> {
  const { url, dataDir, endpoint, person } = command;
  const database = await openDatabase({ url, dataDir, migrationsDir: "prisma/migrations", log: QUIET });
  const stores = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  const actor = { kind: "person", name: person, authenticatedBy: "local" } as const;
  return { ...createTestContext({ endpoint, stores }), actor };
}

async function unlock(ctx: Context, request: UnlockRequest): Promise<Result> {
  const startedMs = performance.now();
  const end = (outcome: string, message: string): Result => ({
    idempotencyKey: request.idempotencyKey,
    outcome,
    message,
    durationMs: performance.now() - startedMs,
  });
  try {
    return end((await forceUnlock(ctx, request)).outcome, "");
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return end(error.code, `${error.message} ${error.hint}`);
  }
}

/** The same context, but the process dies the `at`-th time that an unlock comes to the point. */
function crashing(ctx: Context, { point, at }: Crash): Context {
  let reached = 0;
  const answered = new Map<string, number>();
  const reach = (here: CrashPoint, unlockId: string) => {
    if (here !== point) return;
    reached += 1;
    if (reached !== at) return;
    // Synchronous, since nothing else is carried out after it.
    const death: Death = { unlockId, deletesAnswered: answered.get(unlockId) ?? 0 };
    writeSync(1, JSON.stringify(death));
    process.kill(process.pid, "SIGKILL");
  };
  const wrap = (session: UnlockSession, unlockId: string): UnlockSession => ({
    ...session,
    async deleteHalf(address, guard) {
      reach("before_send", unlockId);
      const deletion = await session.deleteHalf(address, guard);
      answered.set(unlockId, (answered.get(unlockId) ?? 0) + 1);
      reach("after_send", unlockId);
      return deletion;
    },
  });
  return {
    ...ctx,
    gateway: {
      ...ctx.gateway,
      openSession: async (input) => wrap(await ctx.gateway.openSession(input), input.unlockId),
    },
    unlocks: {
      ...ctx.unlocks,
      async begin(record, entry, intentsBefore) {
        const begun = await ctx.unlocks.begin(record, entry, intentsBefore);
        if (begun.verdict === "begun") reach("after_intent", record.id);
        return begun;
      },
      async settle(input) {
        reach("before_outcome", input.id);
        const isFirst = await ctx.unlocks.settle(input);
        if (isFirst) reach("after_outcome", input.id);
        return isFirst;
      },
    },
  };
}

function answer(message: ChildAnswer): void {
  process.send?.(message);
}
