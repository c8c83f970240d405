import { FULL_ACCESS } from "#lib/domain/access/access.ts";
import type { Asker } from "#lib/services/access/permit.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Somebody who may do everything, for what asks for permission and needs little else. */
export function anAsker<Given extends Partial<Asker> & Pick<Asker, "audit">>(
  given: Given,
): Asker & Pick<Context, "rates"> & Given {
  return {
    actor: { kind: "person", name: "riley", authenticatedBy: "local" },
    access: FULL_ACCESS,
    requestId: "01REQUEST",
    now: () => Date.UTC(2026, 10, 24),
    monotonicMs: () => 0,
    storeAnswerMsMax: null,
    rates: { take: async () => ({ ok: true }) },
    counters: {
      sweepEnded: () => undefined,
      unlockEnded: () => undefined,
      restoreEnded: () => undefined,
      auditAppendFailed: () => undefined,
      checkpointWritten: () => undefined,
      deliveryLag: () => undefined,
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...given,
  };
}
